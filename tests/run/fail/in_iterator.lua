for i in function(_, c) if c == 2 then error("iterator failed") end return (c or 0) + 1 end do print(i) end
