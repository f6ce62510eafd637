//! Simulated devices with synthetic people and scripted faults.
