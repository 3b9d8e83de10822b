-- 64-bit hashing: FNV-1a over strings and a xorshift64* stream. Lua 5.4 has the integers, LuaJIT the uint64_t cdata,
-- Luau neither: it computes with 16-bit limbs, and its time says so.

local compat = ...

local kernels = {}

kernels.lua54 = [==[
local function fnv1a(text, hash)
  for i = 1, #text do
    hash = (hash ~ text:byte(i)) * 0x100000001b3
  end
  return hash
end

local function xorshift(state, count)
  local sum = 0
  for _ = 1, count do
    state = state ~ state >> 12
    state = state ~ state << 25
    state = state ~ state >> 27
    sum = sum + state * 0x2545f4914f6cdd1d
  end
  return sum
end

local function to_hex(value)
  return string.format("%016x", value)
end

return fnv1a, xorshift, to_hex, 0xcbf29ce484222325, 0x9e3779b97f4a7c15
]==]

kernels.luajit = [==[
local bit = require("bit")
local bxor, lshift, rshift, tohex = bit.bxor, bit.lshift, bit.rshift, bit.tohex

local function fnv1a(text, hash)
  for i = 1, #text do
    hash = bxor(hash, text:byte(i)) * 0x100000001b3ULL
  end
  return hash
end

local function xorshift(state, count)
  local sum = 0ULL
  for _ = 1, count do
    state = bxor(state, rshift(state, 12))
    state = bxor(state, lshift(state, 25))
    state = bxor(state, rshift(state, 27))
    sum = sum + state * 0x2545f4914f6cdd1dULL
  end
  return sum
end

local function to_hex(value)
  return tohex(value)
end

return fnv1a, xorshift, to_hex, 0xcbf29ce484222325ULL, 0x9e3779b97f4a7c15ULL
]==]

kernels.luau = [==[
-- A word is a table of its high and low halves of 32 bits.
local bxor, bor, shl, shr, band = bit32.bxor, bit32.bor, bit32.lshift, bit32.rshift, bit32.band

local function multiply(ah, al, bh, bl)
  local a0, a1, b0, b1 = band(al, 65535), shr(al, 16), band(bl, 65535), shr(bl, 16)
  local low = a0 * b0
  local middle = a1 * b0 + shr(low, 16)
  local carry = band(middle, 65535) + a0 * b1
  local high = a1 * b1 + middle // 65536 + carry // 65536
  local cross = band(ah, 65535) * bl + shl(band(shr(ah, 16) * b0, 65535), 16)
  cross = cross % 4294967296 + band(bh, 65535) * al % 4294967296 + shl(band(shr(bh, 16) * a0, 65535), 16)
  return (high + cross) % 4294967296, shl(band(carry, 65535), 16) + band(low, 65535)
end

local function fnv1a(text, hash)
  local high, low = hash[1], hash[2]
  for i = 1, #text do
    high, low = multiply(high, bxor(low, text:byte(i)), 0x100, 0x1b3)
  end
  return { high, low }
end

local function xorshift(state, count)
  local high, low, sum_high, sum_low = state[1], state[2], 0, 0
  for _ = 1, count do
    high, low = bxor(high, shr(high, 12)), bxor(low, bor(shr(low, 12), shl(high, 20)))
    high, low = bxor(high, bor(shl(high, 25), shr(low, 7))), bxor(low, shl(low, 25))
    high, low = bxor(high, shr(high, 27)), bxor(low, bor(shr(low, 27), shl(high, 5)))
    local product_high, product_low = multiply(high, low, 0x2545f491, 0x4f6cdd1d)
    sum_low = sum_low + product_low
    sum_high = (sum_high + product_high + sum_low // 4294967296) % 4294967296
    sum_low = sum_low % 4294967296
  end
  return { sum_high, sum_low }
end

local function to_hex(value)
  return string.format("%08x%08x", value[1], value[2])
end

return fnv1a, xorshift, to_hex, { 0xcbf29ce4, 0x84222325 }, { 0x9e3779b9, 0x7f4a7c15 }
]==]

local fnv1a, xorshift, to_hex, offset, seed = compat.compile("hash64", kernels[compat.dialect])

local function run(n)
  assert(to_hex(fnv1a("foobar", offset)) == "85944171f73967e8", "FNV-1a test vector differs")
  local hash = offset
  for i = 1, n do
    hash = fnv1a("The quick brown fox number " .. i % 100 .. " jumps", hash)
  end
  return to_hex(hash) .. " " .. to_hex(xorshift(seed, n * 20))
end

return {
  name = "hash64",
  n = 32000,
  expected = "dc9950a3464d4525 ed4047268a9b5960",
  quick_n = 300,
  quick_expected = "c878b716518bf84d 43d37e083330d894",
  run = run,
}
