// What is known of a module's names and units when all of it has been walked over (scope.ts).

import type { Identifier, NewExpression, PrivateIdentifier } from 'acorn'
import { type Binding, find, newScope, type Scope } from './scope-bindings.js'
import type { Node } from './scope-tree.js'
import { hinder, newUnit, type PrivateMember, type Unit, type UnitKind, useSurroundings } from './scope-unit.js'

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
  /** `throw new X(…)` */
  readonly thrown: ReadonlySet<NewExpression>
  readonly topLevel: ReadonlyMap<string, Binding>
  /** Function declarations that a later one of the same name replaces. */
  readonly replaced: ReadonlySet<Node>
}

/** An analysis in the making. */
export class Findings implements Analysis {
  readonly units: Unit[] = []
  readonly unitOf = new Map<Node, Unit>()
  readonly references = new Map<Identifier, Binding | undefined>()
  readonly earlyReferences = new Set<Identifier>()
  readonly argumentReferences = new Set<Identifier>()
  readonly privates = new Map<PrivateIdentifier, PrivateMember>()
  readonly globals = new Map<string, Identifier[]>()
  readonly pureMentions = new Set<Identifier>()
  readonly assignedGlobals = new Set<string>()
  readonly thrown = new Set<NewExpression>()
  readonly replaced = new Set<Node>()
  /** Scope of the top level. */
  readonly top = newScope(undefined)
  /** A direct eval may assign anything. */
  evalSeen = false
  /** Units whose visit has passed a binding's declaration: in them, what follows finds it there. */
  readonly #declaredIn = new Map<Binding, Unit>()

  get program(): Unit {
    return this.units[0] as Unit
  }

  get topLevel(): ReadonlyMap<string, Binding> {
    return this.top.bindings
  }

  /** The first is that of the top level. */
  addUnit(node: Node, kind: UnitKind, name: string, parent: Unit | undefined, at = node.start): Unit {
    const unit = newUnit(node, kind, name, at, parent)
    this.units.push(unit)
    this.unitOf.set(node, unit)
    return unit
  }

  /** An identifier in an expression. */
  refer(node: Identifier, scope: Scope, unit: Unit): Binding | undefined {
    const binding = find(node.name, scope)
    this.references.set(node, binding)
    if (node.name === 'yield') hinder(unit, 'uses yield as a name')
    if (binding !== undefined) {
      for (let at: Unit | undefined = unit; at !== undefined; at = at.parent) if (at.selfBinding === binding) at.selfUsed = true
      // Twins run when all modules have been evaluated, so what the module itself declares is there.
      const mayBeEarly = (binding.kind === 'constant' || binding.kind === 'class') && this.top.bindings.get(node.name) !== binding
      if (mayBeEarly && this.#declaredIn.get(binding) !== unit) this.earlyReferences.add(node)
      return binding
    }
    if (node.name === 'arguments' && useSurroundings(unit, 'arguments')) {
      this.argumentReferences.add(node)
      return undefined
    }
    if (node.name === 'arguments' && unit.kind === 'arrow') hinder(unit, 'uses arguments of the module')
    const mentions = this.globals.get(node.name)
    if (mentions === undefined) this.globals.set(node.name, [node])
    else mentions.push(node)
    return undefined
  }

  referPrivate(node: PrivateIdentifier, scope: Scope): void {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const member = at.privates?.get(node.name)
      if (member !== undefined) {
        this.privates.set(node, member)
        return
      }
    }
  }

  /** The visit of `unit` has passed the declaration of `name`. */
  passed(name: string, scope: Scope, unit: Unit): void {
    const binding = find(name, scope)
    if (binding !== undefined) this.#declaredIn.set(binding, unit)
  }

  /** All has been visited. */
  end(): void {
    if (this.evalSeen) for (const binding of this.references.values()) if (binding !== undefined) binding.assigned = true
  }
}
