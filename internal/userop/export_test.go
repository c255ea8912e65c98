package userop

// For tests against the contracts, which live outside of the package.
var DrawOperation = drawOperation
