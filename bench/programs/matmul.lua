-- Matrix multiplication on tables of rows of floats, with the transposed right-hand side.

local function filled(size, seed)
  local rows = {}
  for i = 1, size do
    local row = {}
    for j = 1, size do
      row[j] = ((i * 7 + j * 13 + seed) % 17) / 8 - 1.0
    end
    rows[i] = row
  end
  return rows
end

local function transpose(rows)
  local result = {}
  for j = 1, #rows[1] do
    local column = {}
    for i = 1, #rows do
      column[i] = rows[i][j]
    end
    result[j] = column
  end
  return result
end

local function multiply(left, right)
  local columns = transpose(right)
  local product = {}
  for i = 1, #left do
    local row, out = left[i], {}
    for j = 1, #columns do
      local column, sum = columns[j], 0.0
      for k = 1, #row do
        sum = sum + row[k] * column[k]
      end
      out[j] = sum
    end
    product[i] = out
  end
  return product
end

local function trace(rows)
  local sum = 0.0
  for i = 1, #rows do
    sum = sum + rows[i][i]
  end
  return sum
end

return {
  name = "matmul",
  n = 130,
  expected = "-350.068359 -97.410156",
  quick_n = 12,
  quick_expected = "-4.878906 2.802734",
  run = function(n)
    local a, b = filled(n, 1), filled(n, 5)
    local product = multiply(multiply(a, b), a)
    return ("%.6f %.6f"):format(trace(product), product[1][n])
  end,
}
