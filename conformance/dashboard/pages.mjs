// Every page of the dashboard, with an address where it has something to show.
// New pages are added here.

export function pages(info, keys) {
  return [
    ['overview', '/'],
    ['users', '/users'],
    ['users-none-found', '/users?q=nobody'],
    ['user', `/users/${info.player}`],
    ['sessions', '/sessions'],
    ['sessions-none', '/sessions?q=0x00000000000000000000000000000000000000aa'],
    ['session', `/sessions/${keys.usedUp.id}`],
    ['session-unrestricted', `/sessions/${keys.everything.id}`],
    ['session-pending', `/sessions/${keys.pending.id}`],
    ['session-revoked', `/sessions/${keys.revoked.id}`],
    ['session-new', `/accounts/${info.account}/sessions/new`],
    ['session-new-unrestricted', `/accounts/${info.account}/sessions/new?scope=everything`],
    ['intents', '/intents'],
    ['intent', `/intents/${keys.minted}`],
    ['intents-failed', '/intents?state=failed'],
    ['intent-trace', `/intents/${keys.minted}/trace`],
    ['intents-none', '/intents?q=nothing'],
    ['policies', '/policies'],
    ['policy', `/policies/${info.policy}`],
    ['contracts', '/contracts'],
    ['contract', `/contracts/${info.contract}`],
    ['contract-read', `/contracts/${info.contract}?do=read&function=balanceOf(address)&arg=${info.accountAddress}`],
    ['keys', '/keys'],
    ['requests', '/requests'],
    ['request', keys.request],
    ['operators', '/operators'],
    ['audit', '/audit'],
    ['profile', '/profile'],
    ['not-found', '/nothing'],
  ]
}
