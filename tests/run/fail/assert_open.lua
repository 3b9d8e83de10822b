assert(io.open("/nonexistent/file/name"))
