-- SHA-256 (FIPS 180-4) of strings: 32-bit word arithmetic in nested loops over arrays.

local compat = ...

return compat.compile("sha256", [==[
-- The first 32 bits of the fractional part of a root of a prime.
local function fraction_bits(x)
  return math.floor((x - math.floor(x)) * 4294967296)
end

local round_constants, initial_state = {}, {}

local function derive_constants()
  local candidate, found = 2, 0
  while found < 64 do
    local prime = true
    for divisor = 2, candidate - 1 do
      if candidate % divisor == 0 then
        prime = false
        break
      end
    end
    if prime then
      found = found + 1
      round_constants[found] = add32(fraction_bits(candidate ^ (1 / 3)), 0)
      if found <= 8 then
        initial_state[found] = add32(fraction_bits(candidate ^ 0.5), 0)
      end
    end
    candidate = candidate + 1
  end
end

derive_constants()

local function expand_block(message, start, schedule)
  for i = 1, 16 do
    local a, b, c, d = message:byte(start, start + 3)
    schedule[i] = bor(shl(a, 24), shl(b, 16), shl(c, 8), d)
    start = start + 4
  end
  for i = 17, 64 do
    local x, y = schedule[i - 15], schedule[i - 2]
    local s0 = bxor(rol(x, 25), rol(x, 14), shr(x, 3))
    local s1 = bxor(rol(y, 15), rol(y, 13), shr(y, 10))
    schedule[i] = add32(schedule[i - 16], s0, schedule[i - 7], s1)
  end
end

local function compress(state, schedule)
  local a, b, c, d = state[1], state[2], state[3], state[4]
  local e, f, g, h = state[5], state[6], state[7], state[8]
  for i = 1, 64 do
    local s1 = bxor(rol(e, 26), rol(e, 21), rol(e, 7))
    local choice = bxor(band(e, f), band(bnot(e), g))
    local t1 = add32(h, s1, choice, round_constants[i], schedule[i])
    local s0 = bxor(rol(a, 30), rol(a, 19), rol(a, 10))
    local majority = bxor(band(a, b), band(a, c), band(b, c))
    h, g, f, e = g, f, e, add32(d, t1)
    d, c, b, a = c, b, a, add32(t1, s0, majority)
  end
  state[1], state[2], state[3], state[4] = add32(state[1], a), add32(state[2], b), add32(state[3], c), add32(state[4], d)
  state[5], state[6], state[7], state[8] = add32(state[5], e), add32(state[6], f), add32(state[7], g), add32(state[8], h)
end

local function padded(message)
  local bits = #message * 8
  local tail = {}
  for i = 8, 1, -1 do
    tail[i] = string.char(bits % 256)
    bits = idiv(bits, 256)
  end
  return message .. "\128" .. ("\0"):rep((55 - #message) % 64) .. table.concat(tail)
end

local function sha256(message)
  message = padded(message)
  local state, schedule = {}, {}
  for i = 1, 8 do
    state[i] = initial_state[i]
  end
  for start = 1, #message, 64 do
    expand_block(message, start, schedule)
    compress(state, schedule)
  end
  for i = 1, 8 do
    state[i] = ("%08x"):format(state[i] % 4294967296)
  end
  return table.concat(state)
end

local function run(n)
  assert(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "empty message")
  assert(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "abc")
  return sha256(("0123456789abcdef~"):rep(n))
end

return {
  name = "sha256",
  n = 14000,
  expected = "4284f871c81735b72057395eb795d2cf92bfb20d1b5a3e67a24d0ba7baf0b9cc",
  quick_n = 40,
  quick_expected = "45e4b4c2ddd8d5c705dde9e5df73b6a9ef379c688b7360640316e336b75940f6",
  run = run,
}
]==])
