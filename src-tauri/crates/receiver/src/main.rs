//! The program of the office.

fn main() {}
