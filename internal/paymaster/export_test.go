package paymaster

// Approve lets tests choose the gas limits.
var Approve = (*Paymaster).approve
