// Package deploy puts Latchkey's contracts on a chain: EntryPoint v0.8 where
// it is missing, the account implementation, its factory, and the paymaster of
// this installation with its stake and deposit.
//
// Every address is decided by CREATE2, so a run only adds what is missing: a
// second run sends nothing but, when the stake or the deposit has fallen below
// what is asked for, the difference. What is there already is trusted only after its
// code was compared, byte for byte, with what this build would deploy.
package deploy
