-- A loaded binary chunk that is damaged.
print(load("\27Lua\0\0\0"))
assert(load("\27LuaX", "=(damaged)"))
