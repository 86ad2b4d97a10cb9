//! Voice activity: is this 20 ms frame speech?

mod energy;

pub use energy::EnergyVad;
