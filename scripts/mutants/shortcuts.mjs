// Conditions that look like guards but only spare a search that would end the same
// way. Without one the account answers the same and uses more gas, which no test
// but the gas snapshots can miss. They are listed by each campaign and not taken.
export const shortcuts = [
  {
    path: 'src/account/RuleEvaluation.sol',
    name: '_isLimitedToken: use.parts.kinds() & RuleLayout.TOKENS == 0',
    why: 'the kinds are those of the same rules that the walk behind it goes over',
  },
]
