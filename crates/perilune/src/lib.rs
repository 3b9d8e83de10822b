//! Safe embedding API.
