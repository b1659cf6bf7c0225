// One walk over a module records what each identifier refers to, what is assigned after its declaration, which globals the
// module mentions, what each unit uses of its surroundings (`this`, `arguments`, `super`, `new.target`) and what it calls.
// scope-units.ts decides from this which units get a stepped twin.

import type { Identifier, PrivateIdentifier, Program } from 'acorn'
import { type Binding, declare, find, hoistLexical, hoistVariables, newScope, type Scope } from './scope-bindings.js'
import { boundNames, type ClassNode, children, type FunctionNode, isAnonymousFunction, isFunction, type Node, some } from './scope-tree.js'
import { newUnit, type PrivateMember, type Surroundings, type Unit, type UnitKind } from './scope-unit.js'
import { isPureMethod } from './transform-globals.js'

export interface Analysis {
  readonly program: Unit
  readonly units: readonly Unit[]
  readonly unitOf: ReadonlyMap<Node, Unit>
  /** What identifiers in expressions refer to; undefined for globals. */
  readonly references: ReadonlyMap<Identifier, Binding | undefined>
  /** Those that may be evaluated before what they refer to is there, and then throw. */
  readonly earlyReferences: ReadonlySet<Identifier>
  /** `arguments` where it means the arguments of a function. */
  readonly argumentReferences: ReadonlySet<Identifier>
  readonly privates: ReadonlyMap<PrivateIdentifier, PrivateMember>
  /** Mentions of globals, by name. */
  readonly globals: ReadonlyMap<string, readonly Identifier[]>
  /** Those of them that only lead to a pure function, as `Math` in `Math.imul`. */
  readonly pureMentions: ReadonlySet<Identifier>
  readonly assignedGlobals: ReadonlySet<string>
  readonly topLevel: ReadonlyMap<string, Binding>
  /** Function declarations that a later one of the same name replaces. */
  readonly replaced: ReadonlySet<Node>
}

export function analyseScopes(program: Program, strict: boolean): Analysis {
  return new Analyser(program, strict).result
}

class Analyser {
  readonly #units: Unit[] = []
  readonly #unitOf = new Map<Node, Unit>()
  readonly #references = new Map<Identifier, Binding | undefined>()
  readonly #earlyReferences = new Set<Identifier>()
  readonly #argumentReferences = new Set<Identifier>()
  readonly #privates = new Map<PrivateIdentifier, PrivateMember>()
  readonly #globals = new Map<string, Identifier[]>()
  readonly #pureMentions = new Set<Identifier>()
  readonly #assignedGlobals = new Set<string>()
  /** Sloppy code: functions in blocks are variables of the function too. */
  readonly #strict: boolean
  readonly #replaced = new Set<Node>()
  #evalSeen = false
  readonly #top = newScope(undefined)
  /** Units whose visit has passed a binding's declaration: in them, what follows finds it there. */
  readonly #declaredIn = new Map<Binding, Unit>()
  readonly result: Analysis

  constructor(program: Program, strict: boolean) {
    this.#strict = strict
    const scope = this.#top
    const unit = this.#unit(program, 'program', 'top level', undefined)
    hoistVariables(program.body, scope, this.#strict)
    hoistLexical(program.body, scope, this.#replaced)
    for (const statement of program.body) this.#visit(statement, scope, unit)
    if (this.#evalSeen) for (const binding of this.#references.values()) if (binding !== undefined) binding.assigned = true
    this.result = {
      program: unit,
      units: this.#units,
      unitOf: this.#unitOf,
      references: this.#references,
      earlyReferences: this.#earlyReferences,
      argumentReferences: this.#argumentReferences,
      privates: this.#privates,
      globals: this.#globals,
      pureMentions: this.#pureMentions,
      assignedGlobals: this.#assignedGlobals,
      topLevel: scope.bindings,
      replaced: this.#replaced,
    }
  }

  #unit(node: Node, kind: UnitKind, name: string, parent: Unit | undefined, at = node.start): Unit {
    const unit = newUnit(node, kind, name, at, parent)
    this.#units.push(unit)
    this.#unitOf.set(node, unit)
    return unit
  }

  #inner(parent: Scope, statements: readonly Node[] = []): Scope {
    const scope = newScope(parent)
    hoistLexical(statements, scope, this.#replaced)
    return scope
  }

  // References.

  #refer(node: Identifier, scope: Scope, unit: Unit): Binding | undefined {
    const binding = find(node.name, scope)
    this.#references.set(node, binding)
    if (node.name === 'yield') this.#hinder(unit, 'uses yield as a name')
    if (binding !== undefined) {
      for (let at: Unit | undefined = unit; at !== undefined; at = at.parent) if (at.selfBinding === binding) at.selfUsed = true
      // Twins run when all modules have been evaluated, so what the module itself declares is there.
      const mayBeEarly = (binding.kind === 'constant' || binding.kind === 'class') && this.#top.bindings.get(node.name) !== binding
      if (mayBeEarly && this.#declaredIn.get(binding) !== unit) this.#earlyReferences.add(node)
      return binding
    }
    if (node.name === 'arguments' && this.#useSurroundings(unit, 'arguments')) {
      this.#argumentReferences.add(node)
      return undefined
    }
    if (node.name === 'arguments' && unit.kind === 'arrow') this.#hinder(unit, 'uses arguments of the module')
    const mentions = this.#globals.get(node.name)
    if (mentions === undefined) this.#globals.set(node.name, [node])
    else mentions.push(node)
    return undefined
  }

  #passed(name: string, scope: Scope, unit: Unit): void {
    const binding = find(name, scope)
    if (binding !== undefined) this.#declaredIn.set(binding, unit)
  }

  /** Marks the unit and, as long as it is an arrow, the unit around it. Whether this ends in a function. */
  #useSurroundings(unit: Unit, what: keyof Surroundings): boolean {
    let at: Unit | undefined = unit
    for (; at !== undefined; at = at.parent) {
      at.uses[what] = true
      if (at.kind !== 'arrow') break
    }
    return at !== undefined && at.kind !== 'program' && at.kind !== 'field' && at.kind !== 'static'
  }

  /** Names an obstacle to a twin of this unit and, if it is an arrow, of the units whose surroundings it shares. */
  #hinder(unit: Unit, obstacle: string): void {
    let at: Unit | undefined = unit
    for (; at !== undefined; at = at.parent) {
      at.obstacle ??= obstacle
      if (at.kind !== 'arrow') break
    }
  }

  /** A target of an assignment. */
  #assign(pattern: Node, scope: Scope, unit: Unit): void {
    switch (pattern.type) {
      case 'Identifier': {
        const binding = this.#refer(pattern, scope, unit)
        if (binding !== undefined) binding.assigned = true
        else this.#assignedGlobals.add(pattern.name)
        for (let at: Unit | undefined = unit; at !== undefined; at = at.parent) {
          if (binding !== undefined && at.selfBinding === binding) at.obstacle ??= 'assigns its own name'
        }
        break
      }
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.#assign(property.argument, scope, unit)
          else {
            if (property.computed) this.#visit(property.key, scope, unit)
            this.#assign(property.value, scope, unit)
          }
        }
        break
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element) this.#assign(element, scope, unit)
        break
      case 'AssignmentPattern':
        this.#assign(pattern.left, scope, unit)
        this.#visitNamed(pattern.right, nameOf(pattern.left), scope, unit)
        break
      case 'RestElement':
        this.#assign(pattern.argument, scope, unit)
        break
      case 'MemberExpression':
        if (pattern.object.type === 'Super') {
          for (let at: Unit | undefined = unit; at?.kind === 'arrow'; at = at.parent) at.obstacle ??= 'assigns to super in an arrow function'
        }
        this.#visit(pattern, scope, unit)
        // A private method cannot be assigned, nor can what its value is printed as: it is left as it stands, to throw when it is reached.
        if (pattern.property.type === 'PrivateIdentifier') this.#privates.delete(pattern.property)
        break
      default:
        this.#visit(pattern, scope, unit)
    }
  }

  /** Defaults and computed keys inside a pattern that declares. */
  #visitPattern(pattern: Node, scope: Scope, unit: Unit): void {
    switch (pattern.type) {
      case 'Identifier':
        if (pattern.name === 'yield') this.#hinder(unit, 'uses yield as a name')
        break
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.#visitPattern(property.argument, scope, unit)
          else {
            if (property.computed) this.#visit(property.key, scope, unit)
            this.#visitPattern(property.value, scope, unit)
          }
        }
        break
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element) this.#visitPattern(element, scope, unit)
        break
      case 'AssignmentPattern':
        this.#visitPattern(pattern.left, scope, unit)
        this.#visitNamed(pattern.right, nameOf(pattern.left), scope, unit)
        break
      case 'RestElement':
        this.#visitPattern(pattern.argument, scope, unit)
        break
    }
  }

  /** Visits an expression that, if it is an anonymous function, takes a name from where it stands; `label` is for reports. */
  #visitNamed(node: Node, name: string | undefined, scope: Scope, unit: Unit, computed = false, label = name): void {
    if (!isAnonymousFunction(node)) {
      this.#visit(node, scope, unit)
      return
    }
    const shown = computed ? '(computed)' : (label ?? '(anonymous)')
    this.#visitFunction(node, scope, unit, node.type === 'ArrowFunctionExpression' ? 'arrow' : 'function', shown)
    const made = this.#unitOf.get(node)
    if (made !== undefined && (computed || name !== undefined)) made.inferred = computed ? 'computed' : { name: String(name) }
  }

  #visitAll(nodes: readonly Node[], scope: Scope, unit: Unit): void {
    for (const node of nodes) this.#visit(node, scope, unit)
  }

  #visit(node: Node, scope: Scope, unit: Unit): void {
    switch (node.type) {
      case 'Identifier':
        this.#refer(node, scope, unit)
        break
      case 'FunctionDeclaration':
        if (node.id?.name === 'yield') this.#hinder(unit, 'uses yield as a name')
        this.#visitFunction(node as FunctionNode, scope, unit, 'function', node.id ? node.id.name : 'default')
        break
      case 'FunctionExpression':
        this.#visitFunction(node, scope, unit, 'function', node.id?.name ?? '(anonymous)')
        break
      case 'ArrowFunctionExpression':
        this.#visitFunction(node, scope, unit, 'arrow', '(anonymous)')
        break
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.#visitClass(node as ClassNode, scope, unit)
        if (node.type === 'ClassDeclaration' && node.id) this.#passed(node.id.name, scope, unit)
        break
      case 'BlockStatement':
        this.#visitAll(node.body, this.#inner(scope, node.body), unit)
        break
      case 'ForStatement': {
        const inner = this.#inner(scope, node.init ? [node.init] : [])
        for (const part of children(node)) this.#visit(part, inner, unit)
        break
      }
      case 'ForInStatement':
      case 'ForOfStatement': {
        if (node.type === 'ForOfStatement' && node.await) this.#hinder(unit, 'for await')
        if (node.left.type === 'VariableDeclaration' && node.left.kind === 'using') unit.disposes = true
        const inner = this.#inner(scope, [node.left])
        if (node.left.type === 'VariableDeclaration') {
          for (const { id, init } of node.left.declarations) {
            this.#visitPattern(id, inner, unit)
            if (node.left.kind === 'var') for (const name of boundNames(id)) this.#markAssigned(name, scope)
            if (init) this.#visit(init, inner, unit)
          }
        } else {
          this.#assign(node.left, scope, unit)
        }
        this.#visit(node.right, inner, unit)
        this.#visit(node.body, inner, unit)
        break
      }
      case 'SwitchStatement': {
        this.#visit(node.discriminant, scope, unit)
        const inner = this.#inner(
          scope,
          node.cases.flatMap((one) => one.consequent),
        )
        for (const one of node.cases) this.#visitAll(children(one), inner, unit)
        break
      }
      case 'CatchClause': {
        const inner = this.#inner(scope)
        if (node.param) {
          for (const name of boundNames(node.param)) declare(inner, name, 'constant')
          this.#visitPattern(node.param, inner, unit)
        }
        this.#visit(node.body, inner, unit)
        break
      }
      case 'VariableDeclaration':
        if (node.kind === 'using' || node.kind === 'await using') unit.disposes = true
        for (const { id, init } of node.declarations) {
          this.#visitPattern(id, scope, unit)
          if (init) this.#visitNamed(init, nameOf(id), scope, unit)
        }
        for (const { id } of node.declarations) for (const name of boundNames(id)) this.#passed(name, scope, unit)
        break
      case 'AssignmentExpression':
        this.#assign(node.left, scope, unit)
        this.#visitNamed(node.right, isNaming(node.operator) ? nameOf(node.left) : undefined, scope, unit, false, labelOf(node.left))
        break
      case 'UpdateExpression':
        this.#assign(node.argument, scope, unit)
        break
      case 'UnaryExpression':
        if (node.operator === 'delete') this.#assign(node.argument, scope, unit)
        else this.#visit(node.argument, scope, unit)
        break
      case 'MemberExpression':
        if (node.object.type === 'Super') {
          this.#useSurroundings(unit, 'super')
          this.#useSurroundings(unit, 'this')
        } else {
          this.#visit(node.object, scope, unit)
        }
        if (node.object.type === 'Identifier' && !node.computed && node.property.type === 'Identifier' && isPureMethod(node.object.name, node.property.name)) {
          this.#pureMentions.add(node.object)
        }
        if (node.computed || node.property.type === 'PrivateIdentifier') this.#visit(node.property, scope, unit)
        if (
          !node.computed &&
          node.property.type === 'Identifier' &&
          node.property.name === 'callee' &&
          node.object.type === 'Identifier' &&
          node.object.name === 'arguments'
        ) {
          this.#hinder(unit, 'uses arguments.callee')
        }
        break
      case 'PrivateIdentifier':
        this.#referPrivate(node, scope)
        break
      case 'Property':
        this.#visitProperty(node, scope, unit)
        break
      case 'LabeledStatement':
        this.#visit(node.body, scope, unit)
        break
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        break
      case 'ExportNamedDeclaration':
        if (node.declaration) this.#visit(node.declaration, scope, unit)
        else if (!node.source) for (const { local } of node.specifiers) if (local.type === 'Identifier') this.#refer(local, scope, unit)
        break
      case 'ExportDefaultDeclaration':
        this.#visitNamed(node.declaration, 'default', scope, unit)
        break
      case 'MetaProperty':
        if (node.meta.name === 'new') this.#useSurroundings(unit, 'newTarget')
        break
      case 'ThisExpression':
        this.#useSurroundings(unit, 'this')
        break
      case 'CallExpression':
        unit.calls.push(node)
        if (node.callee.type === 'Super') {
          for (let at: Unit | undefined = unit; at?.kind === 'arrow'; at = at.parent) at.obstacle ??= 'calls super()'
          this.#useSurroundings(unit, 'this')
        } else {
          if (node.callee.type === 'Identifier' && node.callee.name === 'eval' && find('eval', scope) === undefined) {
            this.#evalSeen = true
            this.#hinder(unit, 'direct eval')
          }
          this.#visit(node.callee, scope, unit)
        }
        this.#visitAll(node.arguments, scope, unit)
        break
      case 'TaggedTemplateExpression':
        unit.calls.push(node)
        this.#visitAll(children(node), scope, unit)
        break
      case 'AwaitExpression':
        unit.awaits = true
        this.#visit(node.argument, scope, unit)
        break
      case 'WithStatement':
        this.#hinder(unit, 'with statement')
        this.#visitAll(children(node), scope, unit)
        break
      default:
        this.#visitAll(children(node), scope, unit)
    }
  }

  #markAssigned(name: string, scope: Scope): void {
    const binding = find(name, scope)
    if (binding !== undefined) binding.assigned = true
  }

  #referPrivate(node: PrivateIdentifier, scope: Scope): void {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const member = at.privates?.get(node.name)
      if (member !== undefined) {
        this.#privates.set(node, member)
        return
      }
    }
  }

  #visitProperty(node: Extract<Node, { type: 'Property' }>, scope: Scope, unit: Unit): void {
    if (node.computed) this.#visit(node.key, scope, unit)
    const value = node.value as Node
    const key = node.computed ? undefined : keyName(node.key)
    if (value.type === 'FunctionExpression' && (node.method || node.kind !== 'init')) {
      const kind = node.kind === 'get' ? 'getter' : node.kind === 'set' ? 'setter' : 'method'
      this.#visitFunction(value, scope, unit, kind, key ?? '(computed)', node.start)
      const made = this.#unitOf.get(value)
      if (made !== undefined) made.inObject = true
    } else {
      this.#visitNamed(value, node.shorthand || key === '__proto__' ? undefined : key, scope, unit, node.computed)
    }
  }

  #visitFunction(node: FunctionNode, outer: Scope, parent: Unit, kind: UnitKind, name: string, at = node.start): void {
    const unit = this.#unit(node, kind, name, parent, at)
    let scope: Scope = newScope(outer)
    if (node.type === 'FunctionExpression' && node.id) {
      unit.selfBinding = declare(scope, node.id.name, 'constant', node)
      scope = newScope(scope)
    }
    for (const parameter of node.params) for (const bound of boundNames(parameter)) declare(scope, bound, 'parameter')
    for (const parameter of node.params) this.#visitPattern(parameter, scope, unit)
    if (node.body.type !== 'BlockStatement') {
      this.#visit(node.body, scope, unit)
      return
    }
    const body: Scope = newScope(scope)
    hoistVariables(node.body.body, body, this.#strict)
    hoistLexical(node.body.body, body, this.#replaced)
    for (const [bound, binding] of body.bindings) {
      if (!scope.bindings.has(bound)) continue
      binding.assigned = true
      unit.parameterRedeclared = true
    }
    this.#visitAll(node.body.body, body, unit)
    unit.parameterClash = this.#parameterClash(node, scope, body)
  }

  /** Parameters that call are moved into the twin's body, which must not change what their names mean. */
  #parameterClash(node: FunctionNode, parameters: Scope, body: Scope): string | undefined {
    if (node.params.every((parameter) => parameter.type === 'Identifier')) return undefined
    for (const [name, binding] of body.bindings) {
      if (binding.kind === 'function' && parameters.bindings.has(name)) return 'a parameter and an inner function share a name'
      if (parameters.bindings.has(name)) {
        if (node.params.some((parameter) => some(parameter, isFunction))) return 'a function in the parameters may see one that the body declares again'
        continue
      }
      if (node.params.some((parameter) => mentions(parameter, name))) return 'parameters mention a name that the body declares'
    }
    return undefined
  }

  #visitClass(node: ClassNode, outer: Scope, unit: Unit): void {
    const privates = new Map<string, PrivateMember>()
    for (const element of node.body.body) {
      if (element.type === 'StaticBlock' || element.key.type !== 'PrivateIdentifier') continue
      const kind = element.type === 'PropertyDefinition' ? 'field' : element.kind === 'method' ? 'method' : 'accessor'
      privates.set(element.key.name, { name: element.key.name, kind, unit: undefined })
    }
    const scope: Scope = newScope(outer, privates)
    if (node.id) declare(scope, node.id.name, 'class', node)
    const name = node.id?.name ?? '(anonymous class)'
    if (node.superClass) this.#visit(node.superClass, scope, unit)
    for (const element of node.body.body) {
      if (element.type === 'StaticBlock') {
        const inner = this.#unit(element, 'static', `static block of ${name}`, unit)
        const body = this.#inner(scope)
        hoistVariables(element.body, body, this.#strict)
        hoistLexical(element.body, body, this.#replaced)
        this.#visitAll(element.body, body, inner)
        continue
      }
      if (element.computed) this.#visit(element.key, scope, unit)
      const key = element.computed ? '(computed)' : element.key.type === 'PrivateIdentifier' ? `#${element.key.name}` : (keyName(element.key) ?? '(computed)')
      if (element.type === 'PropertyDefinition') {
        if (!element.value) continue
        const inner = this.#unit(element, 'field', `field ${key} of ${name}`, unit)
        this.#visitNamed(element.value, key, scope, inner, element.computed)
        continue
      }
      const kind = element.kind === 'get' ? 'getter' : element.kind === 'set' ? 'setter' : element.kind
      this.#visitFunction(element.value, scope, unit, kind, `${name}.${key}`, element.start)
      const made = this.#unitOf.get(element.value)
      if (made === undefined) continue
      made.derived = kind === 'constructor' && Boolean(node.superClass)
      const member = element.key.type === 'PrivateIdentifier' ? privates.get(element.key.name) : undefined
      if (member !== undefined) member.unit = made
    }
  }
}

function isNaming(operator: string): boolean {
  return operator === '=' || operator === '&&=' || operator === '||=' || operator === '??='
}

function nameOf(pattern: Node): string | undefined {
  return pattern.type === 'Identifier' ? pattern.name : undefined
}

function labelOf(pattern: Node): string | undefined {
  return pattern.type === 'MemberExpression' && !pattern.computed ? keyName(pattern.property) : nameOf(pattern)
}

/** Property name of a key that is not computed. */
export function keyName(key: Node): string | undefined {
  if (key.type === 'Identifier') return key.name
  return key.type === 'Literal' ? String(key.value) : undefined
}

/** Whether an expression or pattern refers to a variable of that name, keys left aside. */
function mentions(node: Node, name: string): boolean {
  if (node.type === 'Identifier') return node.name === name
  const key =
    (node.type === 'Property' && !node.computed && !node.shorthand && node.key) || (node.type === 'MemberExpression' && !node.computed && node.property)
  return children(node).some((child) => child !== key && mentions(child, name))
}
