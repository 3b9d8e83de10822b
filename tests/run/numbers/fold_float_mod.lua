-- The sign of a folded modulo is right where the product of the operands would underflow.
print(1e100 % (-7.25 / 1e308), (-5e-324) % 1e-300 > 0, 5e-324 % -1e-300 < 0)
local a, b = 1e100, -7.25 / 1e308 print(a % b == 1e100 % (-7.25 / 1e308))
