// One walk over a module records what each identifier refers to, what is assigned after its declaration, which globals the
// module mentions, what each unit uses of its surroundings (`this`, `arguments`, `super`, `new.target`) and what it calls.
// What it finds stands in scope-analysis.ts; scope-units.ts decides from that which units get a stepped twin.

import type { Program } from 'acorn'
import { type Analysis, Findings } from './scope-analysis.js'
import { declare, find, hoistLexical, hoistVariables, markAssigned, newScope, type Scope } from './scope-bindings.js'
import { isNaming, keyName, labelOf, nameOf } from './scope-names.js'
import { parameterClash } from './scope-parameters.js'
import { boundNames, type ClassNode, children, type FunctionNode, isAnonymousFunction, type Node } from './scope-tree.js'
import { hinder, type PrivateMember, type Unit, type UnitKind, useSurroundings } from './scope-unit.js'
import { isPureMethod } from './transform-globals.js'

export function analyseScopes(program: Program, strict: boolean): Analysis {
  const walk = new Walk(strict)
  walk.program(program)
  return walk.findings
}

class Walk {
  readonly findings = new Findings()
  /** Sloppy code: functions in blocks are variables of the function too. */
  readonly #strict: boolean

  constructor(strict: boolean) {
    this.#strict = strict
  }

  program(program: Program): void {
    const { top } = this.findings
    const unit = this.findings.addUnit(program, 'program', 'top level', undefined)
    hoistVariables(program.body, top, this.#strict)
    hoistLexical(program.body, top, this.findings.replaced)
    this.#visitAll(program.body, top, unit)
    this.findings.end()
  }

  #inner(parent: Scope, statements: readonly Node[] = []): Scope {
    const scope = newScope(parent)
    hoistLexical(statements, scope, this.findings.replaced)
    return scope
  }

  /** A target of an assignment. */
  #assign(pattern: Node, scope: Scope, unit: Unit): void {
    switch (pattern.type) {
      case 'Identifier': {
        const binding = this.findings.refer(pattern, scope, unit)
        if (binding !== undefined) binding.assigned = true
        else this.findings.assignedGlobals.add(pattern.name)
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
        if (pattern.property.type === 'PrivateIdentifier') this.findings.privates.delete(pattern.property)
        break
      default:
        this.#visit(pattern, scope, unit)
    }
  }

  /** Defaults and computed keys inside a pattern that declares. */
  #visitPattern(pattern: Node, scope: Scope, unit: Unit): void {
    switch (pattern.type) {
      case 'Identifier':
        if (pattern.name === 'yield') hinder(unit, 'uses yield as a name')
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
    const made = this.findings.unitOf.get(node)
    if (made !== undefined && (computed || name !== undefined)) made.inferred = computed ? 'computed' : { name: String(name) }
  }

  #visitAll(nodes: readonly Node[], scope: Scope, unit: Unit): void {
    for (const node of nodes) this.#visit(node, scope, unit)
  }

  #visit(node: Node, scope: Scope, unit: Unit): void {
    switch (node.type) {
      case 'Identifier':
        this.findings.refer(node, scope, unit)
        break
      case 'FunctionDeclaration':
        if (node.id?.name === 'yield') hinder(unit, 'uses yield as a name')
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
        if (node.type === 'ClassDeclaration' && node.id) this.findings.passed(node.id.name, scope, unit)
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
        if (node.type === 'ForOfStatement' && node.await) unit.awaits = true
        if (node.left.type === 'VariableDeclaration') this.#dispose(node.left.kind, unit)
        const inner = this.#inner(scope, [node.left])
        if (node.left.type === 'VariableDeclaration') {
          for (const { id, init } of node.left.declarations) {
            this.#visitPattern(id, inner, unit)
            if (node.left.kind === 'var') for (const name of boundNames(id)) markAssigned(name, scope)
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
        this.#dispose(node.kind, unit)
        for (const { id, init } of node.declarations) {
          this.#visitPattern(id, scope, unit)
          if (init) this.#visitNamed(init, nameOf(id), scope, unit)
        }
        for (const { id } of node.declarations) for (const name of boundNames(id)) this.findings.passed(name, scope, unit)
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
          useSurroundings(unit, 'super')
          useSurroundings(unit, 'this')
        } else {
          this.#visit(node.object, scope, unit)
        }
        if (node.object.type === 'Identifier' && !node.computed && node.property.type === 'Identifier' && isPureMethod(node.object.name, node.property.name)) {
          this.findings.pureMentions.add(node.object)
        }
        if (node.computed || node.property.type === 'PrivateIdentifier') this.#visit(node.property, scope, unit)
        if (
          !node.computed &&
          node.property.type === 'Identifier' &&
          node.property.name === 'callee' &&
          node.object.type === 'Identifier' &&
          node.object.name === 'arguments'
        ) {
          hinder(unit, 'uses arguments.callee')
        }
        break
      case 'PrivateIdentifier':
        this.findings.referPrivate(node, scope)
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
        else if (!node.source) for (const { local } of node.specifiers) if (local.type === 'Identifier') this.findings.refer(local, scope, unit)
        break
      case 'ExportDefaultDeclaration':
        this.#visitNamed(node.declaration, 'default', scope, unit)
        break
      case 'MetaProperty':
        if (node.meta.name === 'new') useSurroundings(unit, 'newTarget')
        break
      case 'ThisExpression':
        useSurroundings(unit, 'this')
        break
      case 'CallExpression':
        unit.calls.push(node)
        if (node.callee.type === 'Super') {
          for (let at: Unit | undefined = unit; at?.kind === 'arrow'; at = at.parent) at.obstacle ??= 'calls super()'
          useSurroundings(unit, 'this')
        } else {
          if (node.callee.type === 'Identifier' && node.callee.name === 'eval' && find('eval', scope) === undefined) {
            this.findings.evalSeen = true
            hinder(unit, 'direct eval')
          }
          this.#visit(node.callee, scope, unit)
        }
        this.#visitAll(node.arguments, scope, unit)
        break
      case 'NewExpression':
      case 'TaggedTemplateExpression':
        unit.calls.push(node)
        this.#visitAll(children(node), scope, unit)
        break
      case 'ThrowStatement':
        if (node.argument.type === 'NewExpression') this.findings.thrown.add(node.argument)
        this.#visit(node.argument, scope, unit)
        break
      case 'AwaitExpression':
        unit.awaits = true
        this.#visit(node.argument, scope, unit)
        break
      case 'WithStatement':
        hinder(unit, 'with statement')
        this.#visitAll(children(node), scope, unit)
        break
      default:
        this.#visitAll(children(node), scope, unit)
    }
  }

  #dispose(kind: string, unit: Unit): void {
    if (kind === 'using' || kind === 'await using') unit.disposes = true
    if (kind === 'await using') unit.awaits = true
  }

  #visitProperty(node: Extract<Node, { type: 'Property' }>, scope: Scope, unit: Unit): void {
    if (node.computed) this.#visit(node.key, scope, unit)
    const value = node.value as Node
    const key = node.computed ? undefined : keyName(node.key)
    if (value.type === 'FunctionExpression' && (node.method || node.kind !== 'init')) {
      const kind = node.kind === 'get' ? 'getter' : node.kind === 'set' ? 'setter' : 'method'
      this.#visitFunction(value, scope, unit, kind, key ?? '(computed)', node.start)
      const made = this.findings.unitOf.get(value)
      if (made !== undefined) made.inObject = true
    } else {
      this.#visitNamed(value, node.shorthand || key === '__proto__' ? undefined : key, scope, unit, node.computed)
    }
  }

  #visitFunction(node: FunctionNode, outer: Scope, parent: Unit, kind: UnitKind, name: string, at = node.start): void {
    const unit = this.findings.addUnit(node, kind, name, parent, at)
    // Its yields await.
    if (node.async && node.generator) unit.awaits = true
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
    hoistLexical(node.body.body, body, this.findings.replaced)
    for (const [bound, binding] of body.bindings) {
      if (!scope.bindings.has(bound)) continue
      binding.assigned = true
      unit.parameterRedeclared = true
    }
    this.#visitAll(node.body.body, body, unit)
    unit.parameterClash = parameterClash(node, scope, body)
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
        const inner = this.findings.addUnit(element, 'static', `static block of ${name}`, unit)
        const body = this.#inner(scope)
        hoistVariables(element.body, body, this.#strict)
        hoistLexical(element.body, body, this.findings.replaced)
        this.#visitAll(element.body, body, inner)
        continue
      }
      if (element.computed) this.#visit(element.key, scope, unit)
      const key = element.computed ? '(computed)' : element.key.type === 'PrivateIdentifier' ? `#${element.key.name}` : (keyName(element.key) ?? '(computed)')
      if (element.type === 'PropertyDefinition') {
        if (!element.value) continue
        const inner = this.findings.addUnit(element, 'field', `field ${key} of ${name}`, unit)
        this.#visitNamed(element.value, key, scope, inner, element.computed)
        continue
      }
      const kind = element.kind === 'get' ? 'getter' : element.kind === 'set' ? 'setter' : element.kind
      this.#visitFunction(element.value, scope, unit, kind, `${name}.${key}`, element.start)
      const made = this.findings.unitOf.get(element.value)
      if (made === undefined) continue
      if (kind === 'constructor' && node.superClass) {
        made.derived = true
        made.above = node.superClass
      }
      const member = element.key.type === 'PrivateIdentifier' ? privates.get(element.key.name) : undefined
      if (member !== undefined) member.unit = made
    }
  }
}
