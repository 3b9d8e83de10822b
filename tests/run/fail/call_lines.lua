-- The line of a call that spans lines.
local function f(x) return x.y.z end
f(
  {
    1,
    2,
  }
)
