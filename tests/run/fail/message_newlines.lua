error("line one\nline two\n\tline three")
