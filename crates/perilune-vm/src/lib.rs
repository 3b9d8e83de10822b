//! Values, tables, heap, threads and the interpreter.
