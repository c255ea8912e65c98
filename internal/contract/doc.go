// Package contract keeps the contracts that a project has registered and
// speaks their ABI: it encodes calls from JSON values, decodes what functions
// return, and finds the selectors that policies and sessions name. It refuses
// arguments that do not fit exactly, naming the parameter and the value.
package contract
