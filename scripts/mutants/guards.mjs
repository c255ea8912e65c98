// Finds the guards of Solidity sources, and makes of each source a copy in
// which every guard can be taken away by a switch.
//
// A guard is one term of a condition on which something is refused, a call that
// checks, a modifier, a revert, or a write to storage that a limit counts by.
// The copy is compiled once: which guard is missing is read from block.coinbase,
// so one compilation serves all mutants.

// Source is one file under mutation. Positions in the syntax tree are bytes.
export class Source {
  #bytes
  #path
  #inserts = []
  #numbers
  #modifiers
  #function = '' // the one being visited; functions do not nest
  #repeats = new Map()
  guards = []
  unreached = [] // guards that cannot be switched, which would go untested

  // numbers gives each guard its number, over all files; modifiers names those
  // that the sources define.
  constructor({ path, text, tree, numbers, modifiers }) {
    this.#path = path
    this.#bytes = Buffer.from(text)
    this.#numbers = numbers
    this.#modifiers = modifiers
    this.#visit(tree, {})
  }

  // switched answers the text with all switches.
  switched() {
    const parts = []
    let from = 0
    for (const { position, text } of this.#sorted()) {
      parts.push(this.#bytes.subarray(from, position), Buffer.from(text))
      from = position
    }
    return Buffer.concat([...parts, this.#bytes.subarray(from)]).toString()
  }

  // What ends at a position comes before what begins there, inner ends first.
  #sorted() {
    const rank = ({ ends, sequence }) => (ends ? -1e9 - sequence : sequence)
    return this.#inserts.toSorted((a, b) => a.position - b.position || rank(a) - rank(b))
  }

  #wrap(node, before, after) {
    const [start, length] = span(node)
    this.#insert(start, before, false)
    if (after) this.#insert(start + length, after, true)
  }

  #insert(position, text, ends) {
    this.#inserts.push({ position, text, ends, sequence: this.#inserts.length })
  }

  #text(node) {
    const [start, length] = span(node)
    return this.#bytes.subarray(start, start + length).toString()
  }

  #line(node) {
    return this.#bytes.subarray(0, span(node)[0]).toString().split('\n').length
  }

  #guard(node, kind) {
    const number = this.#numbers.next()
    const text = this.#text(node).replaceAll(/\s+/g, ' ')
    this.guards.push({ number, kind, path: this.#path, line: this.#line(node), text, name: this.#nameOf(text) })
    return number
  }

  // #nameOf answers what a guard is known by in its file, whatever its line.
  #nameOf(text) {
    const name = this.#function ? `${this.#function}: ${text}` : text
    const repeat = (this.#repeats.get(name) ?? 0) + 1
    this.#repeats.set(name, repeat)
    return repeat === 1 ? name : `${name} (${repeat})`
  }

  #visit(node, context) {
    if (Array.isArray(node)) return node.forEach((child) => this.#visit(child, context))
    if (!node || typeof node !== 'object') return
    const visitor = this[`visit${node.nodeType}`]
    const inner = (visitor && visitor.call(this, node, context)) || context
    for (const [key, child] of Object.entries(node)) {
      if (child && typeof child === 'object' && key !== 'documentation') this.#visit(child, inner)
    }
  }

  // --- Solidity

  visitFunctionDefinition(node) {
    this.#function = node.name || node.kind
    for (const { modifierName, ...invocation } of node.modifiers ?? []) {
      if (!this.#modifiers.has(modifierName.name)) continue
      const number = this.#guard(invocation, 'modifier')
      this.#wrap(invocation, '', `(${number})`)
    }
    const returned = node.returnParameters?.parameters ?? []
    return { returnsBool: returned.map((p) => p.typeName?.name).join() === 'bool', returnsNothing: returned.length === 0 }
  }

  // A modifier takes the number of the guard that each use of it is.
  visitModifierDefinition(node) {
    this.#function = node.name
    if (!this.#modifiers.has(node.name)) return { skip: true }
    const head = this.#text(node).match(/^modifier\s+\w+\s*(\()?/)
    const end = span(node)[0] + Buffer.byteLength(head[0].trimEnd())
    this.#insert(end, head[1] ? 'uint256 mutant' : '(uint256 mutant)', false)
    const statements = node.body.statements
    const placeholder = statements.findIndex(({ nodeType }) => nodeType === 'PlaceholderStatement')
    this.#wrap(statements[0], 'if (!Mutant.off(mutant)) { ')
    this.#insert(span(statements[placeholder])[0], '} ', true)
    return { inModifier: true }
  }

  visitIfStatement(node, context) {
    if (refuses(node.trueBody)) {
      this.#terms(node.condition, 'refuse')
      return { ...context, guarded: true }
    }
    if (node.falseBody && refuses(node.falseBody)) {
      this.#terms(node.condition, 'allow')
      return { ...context, guarded: true }
    }
    if (!node.falseBody && narrows(node.trueBody)) this.#terms(node.condition, 'refuse', 'narrowing')
    return { ...context, guarded: false }
  }

  visitBlock(node, context) {
    return context.guarded && !refuses(node) ? { ...context, guarded: false } : context
  }

  visitRevertStatement(node, context) {
    if (!context.guarded) this.#wrap(node, `if (!Mutant.off(${this.#guard(node, 'revert')})) `)
  }

  visitReturn(node, { returnsBool, returnsNothing }) {
    const { expression } = node
    if (returnsNothing && isCheck(expression)) return this.#wrap(node, `if (Mutant.off(${this.#guard(node, 'check')})) return; else `)
    if (!expression || isLiteral(expression)) return
    if (returnsBool || isConjunction(expression)) this.#terms(expression, 'allow', 'predicate')
  }

  visitVariableDeclarationStatement(node) {
    if (node.initialValue) this.#conjunction(node.initialValue)
  }

  visitExpressionStatement(node, context) {
    const { expression } = node
    if (expression.nodeType === 'Assignment') {
      if (isStored(expression.leftHandSide)) this.#wrap(node, `if (!Mutant.off(${this.#guard(node, 'write')})) `)
      else if (expression.operator === '=') this.#conjunction(expression.rightHandSide)
    }
    if (expression.nodeType !== 'FunctionCall' || context.inModifier) return
    const name = expression.expression.name ?? expression.expression.memberName ?? ''
    // A check of nothing but a condition is one guard a term; any other is one.
    if (/^(require|_?check)$/.test(name)) this.#terms(expression.arguments[0], 'allow')
    else if (isCheck(expression)) this.#wrap(node, `if (!Mutant.off(${this.#guard(node, 'check')})) `)
  }

  // SafeCast.toUint(!ok) is how a boolean becomes ERC-4337's failure.
  visitFunctionCall({ expression, arguments: given }) {
    if (expression.memberName === 'toUint' && given.length === 1) this.#terms(given[0], 'refuse')
  }

  #conjunction(expression) {
    if (isConjunction(expression)) this.#terms(expression, 'allow')
  }

  // #terms switches each term of a condition. To allow, a missing term is true;
  // to refuse, it is false.
  #terms(node, to, kind = 'condition') {
    const bare = unparenthesised(node)
    if (bare.nodeType === 'UnaryOperation' && bare.operator === '!') return this.#terms(bare.subExpression, to === 'allow' ? 'refuse' : 'allow', kind)
    if (bare.nodeType === 'BinaryOperation' && bare.operator === (to === 'allow' ? '&&' : '||')) {
      this.#terms(bare.leftExpression, to, kind)
      return this.#terms(bare.rightExpression, to, kind)
    }
    const parts = partsOf(bare, to)
    if (parts.length) return parts.forEach((part) => this.#terms(part, to, kind))
    const number = this.#guard(bare, kind)
    this.#wrap(bare, to === 'allow' ? `(Mutant.off(${number}) || (` : `(!Mutant.off(${number}) && (`, '))')
  }

  // --- assembly, where the switch is a variable that is set ahead of the block

  visitInlineAssembly(node, context) {
    return { ...context, assembly: node, inYulFunction: false }
  }

  visitYulFunctionDefinition(node, context) {
    return { ...context, inYulFunction: true }
  }

  visitYulIf(node, context) {
    if (yulRefuses(node.body)) this.#yulTerms(node.condition, 'refuse', context)
  }

  visitYulAssignment(node, context) {
    if (yulConjunction(node.value)) this.#yulTerms(node.value, 'allow', context)
  }

  visitYulExpressionStatement(node, context) {
    if (node.expression.functionName?.name !== 'sstore') return
    const name = this.#yulSwitch(node, 'write', context)
    if (name) this.#wrap(node, `if iszero(${name}) { `, ' }')
  }

  #yulTerms(node, to, context) {
    const name = node.functionName?.name
    if (name === 'iszero') return this.#yulTerms(node.arguments[0], to === 'allow' ? 'refuse' : 'allow', context)
    if (name === (to === 'allow' ? 'and' : 'or')) return node.arguments.forEach((term) => this.#yulTerms(term, to, context))
    const off = this.#yulSwitch(node, 'condition', context)
    if (!off) return
    if (to === 'allow') this.#wrap(node, `or(${off}, `, ')')
    else this.#wrap(node, `mul(iszero(${off}), `, ')')
  }

  #yulSwitch(node, kind, { assembly, inYulFunction }) {
    if (inYulFunction) {
      this.unreached.push({ path: this.#path, line: this.#line(node), text: this.#text(node) })
      return null
    }
    const number = this.#guard(node, kind)
    this.#insert(span(assembly)[0], `bool mutant${number} = Mutant.off(${number}); `, false)
    return `mutant${number}`
  }
}

// modifiersOf names the modifiers without parameters that a tree defines.
export function modifiersOf(tree) {
  const contracts = tree.nodes.filter(({ nodeType }) => nodeType === 'ContractDefinition')
  return contracts
    .flatMap(({ nodes }) => nodes)
    .filter(({ nodeType, parameters }) => nodeType === 'ModifierDefinition' && parameters.parameters.length === 0)
    .map(({ name }) => name)
}

const span = ({ src }) => src.split(':').map(Number)

function statementsOf(body) {
  return body?.statements ?? [body]
}

// refuses says whether a branch ends by refusing.
function refuses(body) {
  const last = statementsOf(body).at(-1)
  if (last?.nodeType === 'RevertStatement') return true
  if (last?.nodeType === 'ExpressionStatement') {
    const { name, memberName } = last.expression.expression ?? {}
    return /^_?(revert|refuse)/.test(name ?? memberName ?? '')
  }
  if (last?.nodeType !== 'Return' || !last.expression) return false
  const { value, name, memberName, components } = unparenthesised(last.expression)
  if (components) return components[0].value === 'false' || components.every(isNothing)
  return value === 'false' || value === '0xffffffff' || /FAIL|INVALID/.test(name ?? memberName ?? '')
}

// isNothing says whether a value stands for nothing found: zero, or an empty slice.
function isNothing({ value, endExpression }) {
  return value === '0' || endExpression?.value === '0'
}

// narrows says whether a branch does nothing but set a variable, as the
// intersection of windows and the choice of the lower limit do.
function narrows(body) {
  const statements = statementsOf(body)
  return statements.length === 1 && statements[0]?.expression?.nodeType === 'Assignment'
}

function unparenthesised(node) {
  return node.nodeType === 'TupleExpression' && node.components.length === 1 ? unparenthesised(node.components[0]) : node
}

// partsOf answers those operands of a && (or, to allow, of a ||) that are made of
// several terms themselves: value != 0 && (isLimited || !hasRule) refuses for two
// reasons.
function partsOf({ nodeType, operator, leftExpression, rightExpression }, to) {
  const [outer, inner] = to === 'allow' ? ['||', '&&'] : ['&&', '||']
  if (nodeType !== 'BinaryOperation' || operator !== outer) return []
  return [leftExpression, rightExpression].filter((operand) => unparenthesised(operand).operator === inner)
}

// isCheck says whether a call does nothing but check.
function isCheck(node) {
  return node?.nodeType === 'FunctionCall' && /^_?(check|require|ensure)/.test(node.expression.name ?? node.expression.memberName ?? '')
}

function isLiteral(node) {
  return unparenthesised(node).nodeType === 'Literal'
}

function isConjunction(node) {
  const bare = unparenthesised(node)
  if (bare.nodeType === 'UnaryOperation' && bare.operator === '!') {
    const inner = unparenthesised(bare.subExpression)
    return inner.nodeType === 'BinaryOperation' && inner.operator === '||'
  }
  return bare.nodeType === 'BinaryOperation' && bare.operator === '&&'
}

// isStored says whether an assignment's left side is in storage, by the shapes
// that the sources use: $.field, session.word, mapping[key].
function isStored(left) {
  if (left.nodeType === 'IndexAccess') return isStored(left.baseExpression)
  if (left.nodeType !== 'MemberAccess') return false
  const base = left.expression
  return base.name === '$' || left.memberName === 'word' || base.expression?.name === '_accountStorage'
}

function yulRefuses({ statements }) {
  return /^_?(revert|refuse)/.test(statements.at(-1)?.expression?.functionName?.name ?? '')
}

function yulConjunction(node) {
  const truths = new Set(['eq', 'lt', 'gt', 'slt', 'sgt', 'iszero', 'and', 'or'])
  return node.functionName?.name === 'and' && node.arguments.every((term) => truths.has(term.functionName?.name))
}
