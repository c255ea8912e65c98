// The guards without which the invariants of contracts/test/invariants must be
// seen to break, by promise. Guards are named as --list and killers.json name
// them.
export const invariants = [
  // value per call; totals and streams; periods
  { promise: 'spending', path: 'src/account/Budgets.sol', name: '_charge: return _checkBudget(rule, rule.uint128At(fields), 0, asked)' },
  { promise: 'spending', path: 'src/account/Budgets.sol', name: '_charge: _checkBudget(rule, isStream ? Period.released(rule, use.parts.moment()) : rule.uint128At(fields), stored, asked)' },
  { promise: 'spending', path: 'src/account/Budgets.sol', name: '_chargePeriod: _checkBudget(rule, max, spent, asked)' },
  // the session's calls; those of a function; those of an interval
  { promise: 'counting', path: 'src/account/SessionValidation.sol', name: '_countCall: made >= limit' },
  { promise: 'counting', path: 'src/account/Budgets.sol', name: '_chargeCount: used >= limit' },
  { promise: 'counting', path: 'src/account/Budgets.sol', name: '_chargeRate: used >= count' },
  { promise: 'fees', path: 'src/account/SessionValidation.sol', name: '_chargeFee: fee > limit - spent' },
  { promise: 'fees', path: 'src/account/SessionValidation.sol', name: '_chargeFee: permission.allowsPaymaster(permission.terms(), paymaster)' },
  // registered sessions; those that bring their grant
  { promise: 'closing', path: 'src/account/OperationValidation.sol', name: '_validateSession: word.status() != SessionStatus.ACTIVE' },
  { promise: 'closing', path: 'src/account/OperationValidation.sol', name: '_admit: status != SessionStatus.NONE' },
  { promise: 'signing', path: 'src/account/OperationValidation.sol', name: '_failure: Secp256k1Signature.isSignedBy(digest, signature, signer)' },
  { promise: 'signing', path: 'src/account/OperationValidation.sol', name: '_failure: KeySignature.isSignedBy(kind, digest, signature, signer)' },
  { promise: 'granting', path: 'src/account/SessionValidation.sol', name: '_checkListed: isAllowed' },
  { promise: 'granting', path: 'src/account/RuleEvaluation.sol', name: '_applyFunctionRule: ok (2)' },
  { promise: 'control', path: 'src/account/SessionValidation.sol', name: '_judgeCall: target == address(this)' },
  { promise: 'control', path: 'src/account/SessionRegistry.sol', name: 'revokeAllSessions: onlyAuthorized' },
  // another session's status word; the period that a use is booked in
  { promise: 'books', path: 'src/account/SessionRegistry.sol', name: 'revokeSession: onlyAuthorized' },
  { promise: 'books', path: 'src/account/Budgets.sol', name: '_narrow: ruleFrom > from' },
]
