-- A report of invoices through string.format: widths, precisions, signs, hexadecimal, quoting, totals per customer.

local compat = ...

local function make_orders(count)
  local random = compat.random(77)
  local customers = { "Ada", "Blaise", "Charles", "Donald", "Edsger", "Frances", "Grace" }
  local orders = {}
  for i = 1, count do
    orders[i] = {
      number = i,
      customer = customers[random(7) + 1],
      quantity = 1 + random(50),
      price = (100 + random(99900)) / 100,
      discount = (random(30) + 0.37) / 100,
      note = random(4) == 0 and 'say "hi"\\' or "plain",
    }
  end
  return orders
end

local function thousands(value)
  local text = ("%.2f"):format(value)
  local replaced
  repeat
    text, replaced = text:gsub("^(%d+)(%d%d%d)", "%1,%2")
  until replaced == 0
  return text
end

local function order_line(order, total)
  return ("%06d | %-10s | %4d x %9.2f | %5.1f%% | %14s | %+.3e | #%08X | %q"):format(
    order.number, order.customer, order.quantity, order.price, order.discount * 100, thousands(total),
    total - 5000, order.number * 40503 % 4294967296, order.note)
end

local function summary_lines(sums, out)
  local names = {}
  for name in pairs(sums) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    out[#out + 1] = string.format("%10s: %15s (%s)", name, thousands(sums[name]), string.rep("*", #name))
  end
end

local function checksum(text)
  local sum = 0
  for i = 1, #text, 7 do
    sum = (sum * 31 + text:byte(i)) % 1000003
  end
  return sum
end

local function run(n)
  local sums, out = {}, {}
  for _, order in ipairs(make_orders(n)) do
    local total = order.quantity * order.price * (1 - order.discount)
    sums[order.customer] = (sums[order.customer] or 0) + total
    out[#out + 1] = order_line(order, total)
    if order.number % 50 == 0 then
      out[#out + 1] = ("%s page %3d %s"):format(("-"):rep(20), order.number / 50, ("-"):rep(20))
      summary_lines(sums, out)
    end
  end
  local text = table.concat(out, "\n")
  return ("%d %d %s"):format(#text, checksum(text), out[#out])
end

return {
  name = "report",
  n = 13000,
  expected = "1402276 806928      Grace:   20,490,449.70 (*****)",
  quick_n = 200,
  quick_expected = "21595 4465      Grace:      227,274.59 (*****)",
  run = run,
}
