// A unit is a stretch of code that runs as one function: a function, method or accessor, a class field's initialiser, a static
// block, or the module's top level.

import type { CallExpression, NewExpression, TaggedTemplateExpression } from 'acorn'
import type { Binding } from './scope-bindings.js'
import type { Node } from './scope-tree.js'

export type UnitKind = 'program' | 'function' | 'arrow' | 'method' | 'constructor' | 'getter' | 'setter' | 'field' | 'static'

/** What a unit takes from its surroundings; an arrow takes it from the unit around it. */
export interface Surroundings {
  this: boolean
  arguments: boolean
  newTarget: boolean
  super: boolean
}

export interface Unit {
  readonly node: Node
  readonly kind: UnitKind
  readonly name: string
  /** Where it starts, its name included. */
  readonly at: number
  readonly parent: Unit | undefined
  readonly uses: Surroundings
  /** What arrows with a twin need this unit to capture for them. */
  readonly captures: Surroundings
  readonly calls: (CallExpression | NewExpression | TaggedTemplateExpression)[]
  /** Constructor of a class with `extends`: no `this` before `super()`. */
  derived: boolean
  /** Then what the class extends. */
  above: Node | undefined
  /** A method of an object literal. */
  inObject: boolean
  /** Name that an anonymous function takes from where it stands; 'computed' if known only at run time. */
  inferred: { readonly name: string } | 'computed' | undefined
  /** First reason why this unit can have no twin. */
  obstacle: string | undefined
  awaits: boolean
  disposes: boolean
  /** A named function expression that mentions its own name. */
  selfBinding: Binding | undefined
  selfUsed: boolean
  /** Why its parameters cannot become variables of the body. */
  parameterClash: string | undefined
  /** The body declares a parameter again with `var`. */
  parameterRedeclared: boolean
  /** May reach a step when it runs. */
  steps: boolean
  twin: boolean
}

export interface PrivateMember {
  readonly name: string
  readonly kind: 'method' | 'accessor' | 'field'
  unit: Unit | undefined
}

const nothing = (): Surroundings => ({ this: false, arguments: false, newTarget: false, super: false })

export function newUnit(node: Node, kind: UnitKind, name: string, at: number, parent: Unit | undefined): Unit {
  return {
    node,
    kind,
    name,
    at,
    parent,
    uses: nothing(),
    captures: nothing(),
    calls: [],
    derived: false,
    above: undefined,
    inObject: false,
    inferred: undefined,
    obstacle: undefined,
    awaits: false,
    disposes: false,
    selfBinding: undefined,
    selfUsed: false,
    parameterClash: undefined,
    parameterRedeclared: false,
    steps: false,
    twin: false,
  }
}

/** Marks the unit and, as long as it is an arrow, the unit around it. Whether this ends in a function. */
export function useSurroundings(unit: Unit, what: keyof Surroundings): boolean {
  let at: Unit | undefined = unit
  for (; at !== undefined; at = at.parent) {
    at.uses[what] = true
    if (at.kind !== 'arrow') break
  }
  return at !== undefined && at.kind !== 'program' && at.kind !== 'field' && at.kind !== 'static'
}

/** Names an obstacle to a twin of this unit and, if it is an arrow, of the units whose surroundings it shares. */
export function hinder(unit: Unit, obstacle: string): void {
  let at: Unit | undefined = unit
  for (; at !== undefined; at = at.parent) {
    at.obstacle ??= obstacle
    if (at.kind !== 'arrow') break
  }
}
