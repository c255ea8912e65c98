// Loaded before a Node program: it cannot connect to anything but this machine.

import net from 'node:net'

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/
const { connect } = net.Socket.prototype

net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args
  const host = typeof options === 'object' ? options.host ?? 'localhost' : typeof args[1] === 'string' ? args[1] : 'localhost'
  if (!options.path && !LOOPBACK.test(host)) throw new Error(`a connection to ${host} would leave this machine`)
  return connect.apply(this, args)
}
