-- <const> locals: folding, capture, and assignment errors.
local A <const> = 10
local B <const> = "text"
local C <const>, D = { 1 }, 2
print(A * 2, B .. "!", C[1], D)
C[1] = 5
D = 3
print(C[1], D)
local function f() return A + D, B end
print(f())
local N <const>, T <const>, F <const> = nil, true, false
print(N, T, F, T and 1, F or 2)
local X <const> = 3.5
print(X // 1, -X, X < A, A == 10)
for i = A, A + 2 do io.write(i, " ") end print()
local t = { [A] = "ten", [B] = "txt" }
print(t[10], t.text, t[A], t[B])
for _, src in ipairs {
  "local x <const> = 1; x = 2",
  "local x <const> = 1; function f() x = 2 end",
  "local x <const>, y = 1, 2; y, x = 3, 4",
  "local x <foo> = 1",
  "local x <close> = nil; x = 1",
  "local a <close>, b <close> = nil, nil",
  "local x <const> = 1; for x = 1, 2 do x = 5 end",
  "local function f() end local f <const> = f; function f() end",
  "local x <const> = 1; local x = 2; x = 3",
  "local x < const > = 5 return x",
} do
  local fn, msg = load(src, "=c")
  print(fn and "ok" or msg)
end
