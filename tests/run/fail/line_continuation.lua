-- The error's line is that of the operator inside a long expression.
local a, b = 1, nil
local s = a +
  a +
  b +
  a
