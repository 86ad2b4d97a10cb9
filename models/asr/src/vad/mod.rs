//! Voice activity: is this 20 ms frame speech?

mod energy;
mod neural;

pub use energy::EnergyVad;
pub use neural::NeuralVad;
