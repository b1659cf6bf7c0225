// Decides which units of a module may reach a step and which of those get a stepped twin, and sorts calls by how a twin
// has to make them.

import type { CallExpression, Identifier, NewExpression, TaggedTemplateExpression } from 'acorn'
import type { Analysis } from './scope-analysis.js'
import type { Binding } from './scope-bindings.js'
import { addsNothing, isConstructible, obstacleOfConstructor } from './scope-constructors.js'
import { type ClassNode, constructorOf, type FunctionNode, isFunction, type Node, some } from './scope-tree.js'
import type { PrivateMember, Surroundings, Unit } from './scope-unit.js'
import { ATOMIC_ARITY, isNativeConstructor, isPureFunction, isPureMethod } from './transform-globals.js'

/** How a twin makes a call. */
export type CallClass =
  | { readonly kind: 'atomic'; readonly operation: string }
  /** As it is written: nothing behind it can be stepped. */
  | { readonly kind: 'plain' }
  /** A function declaration of this module that nothing else can be: its twin is called by name. */
  | { readonly kind: 'declared'; readonly binding: Binding; readonly unit: Unit }
  | { readonly kind: 'private'; readonly member: PrivateMember; readonly unit: Unit }
  /** A function expression called on the spot, perhaps through `.call`. */
  | { readonly kind: 'immediate'; readonly unit: Unit; readonly through: boolean }
  | { readonly kind: 'dynamic' }

const plain: CallClass = { kind: 'plain' }
const dynamic: CallClass = { kind: 'dynamic' }

/** Nested functions stand in their parent's original and in its twin. Up to this depth that is always accepted … */
const depthMax = 4
/** … and beyond while all copies of the function together stay below this size, in characters. */
const copiesMax = 32_768

export class Units {
  readonly analysis: Analysis
  readonly #classes = new Map<CallExpression, CallClass>()

  constructor(analysis: Analysis) {
    this.analysis = analysis
    for (const unit of analysis.units) unit.obstacle ??= obstacleOf(unit)
    this.#spreadSteps()
    for (const unit of analysis.units) {
      if (isFunction(unit.node) && this.#parametersStep(unit.node)) unit.obstacle ??= obstacleOfParameters(unit.node, unit)
    }
    const depths = new Map<Unit, number>()
    for (const unit of analysis.units) this.#decide(unit, depths)
    for (const unit of analysis.units) if (unit.twin && unit.kind === 'arrow') capture(unit)
  }

  classify(call: CallExpression): CallClass {
    let known = this.#classes.get(call)
    if (known === undefined) {
      known = this.#classify(call)
      this.#classes.set(call, known)
    }
    return known
  }

  /** Whether the call, made by a twin, differs from the text. */
  isStep(call: CallExpression | NewExpression | TaggedTemplateExpression): boolean {
    if (call.type === 'TaggedTemplateExpression') return !isStringRaw(call, this.analysis)
    if (call.type === 'NewExpression') return this.#newIsStep(call)
    const found = this.classify(call)
    if (found.kind === 'plain') return false
    return 'unit' in found ? isStepped(found.unit) : true
  }

  /** Whether `new X(…)` may run a constructor in steps: not where it is known what X is, and that it has no twin or reaches no step. */
  #newIsStep(node: NewExpression): boolean {
    // Errors have nothing to do that others could see; for their sake every function that checks something would have a twin.
    return this.#makesInSteps(node.callee as Node) ?? !(this.analysis.thrown.has(node) || isErrorName(node.callee as Node))
  }

  /** Whether the constructor above a derived class may run in steps. */
  superMakesInSteps({ superClass }: ClassNode): boolean {
    return this.#makesInSteps(superClass as Node) ?? true
  }

  /** Whether the constructor of what an expression gives runs in steps; undefined if it is not known what that is. */
  #makesInSteps(node: Node, below: readonly Node[] = []): boolean | undefined {
    const named = node.type === 'MemberExpression' ? (node.object as Node) : node
    if (this.isGlobal(named) && isNativeConstructor(named.name)) return false
    const binding = node.type === 'Identifier' ? this.analysis.references.get(node) : undefined
    const made = binding === undefined || binding.assigned ? undefined : binding.node
    // A class may stand above itself, until it is evaluated.
    if (made === undefined || below.includes(made)) return undefined
    const code = isFunction(made) ? made : constructorOf(made as ClassNode)
    const unit = code === undefined ? undefined : this.analysis.unitOf.get(code)
    if (unit !== undefined) return (unit.kind === 'constructor' || isConstructible(unit)) && isStepped(unit)
    const { superClass } = made as ClassNode
    return superClass && addsNothing(made as ClassNode) ? this.#makesInSteps(superClass, [...below, made]) : false
  }

  /** A binding that is there and keeps its value. */
  isConstant(node: Identifier): boolean {
    const binding = this.analysis.references.get(node)
    return binding !== undefined && !binding.assigned && !this.analysis.earlyReferences.has(node)
  }

  isGlobal(node: Node, name?: string): node is Identifier {
    if (node.type !== 'Identifier' || (name !== undefined && node.name !== name)) return false
    return this.analysis.references.has(node) && this.analysis.references.get(node) === undefined && !this.analysis.argumentReferences.has(node)
  }

  /** Whether a global is mentioned other than to call a pure function of it (`Math.imul`), for which the real one serves. */
  mentionsImpurely(name: string): boolean {
    const mentions = this.analysis.globals.get(name)
    return mentions !== undefined && !mentions.every((node) => this.analysis.pureMentions.has(node))
  }

  /**
   * How the twin declares parameters that it must evaluate itself, because a default or a key may reach a step;
   * undefined where they may stay as they are.
   */
  parametersMove(node: FunctionNode): 'let' | 'var' | undefined {
    if (!this.#parametersStep(node)) return undefined
    return this.analysis.unitOf.get(node)?.parameterRedeclared ? 'var' : 'let'
  }

  #parametersStep(node: FunctionNode): boolean {
    return node.params.some((parameter) =>
      some(parameter, (inner) => {
        if (inner.type === 'CallExpression' || inner.type === 'NewExpression' || inner.type === 'TaggedTemplateExpression') return this.isStep(inner)
        return inner.type === 'AwaitExpression' || (isFunction(inner) && this.analysis.unitOf.get(inner)?.steps === true)
      }),
    )
  }

  #classify(call: CallExpression): CallClass {
    const { callee } = call
    if (callee.type === 'Super') return plain
    if (callee.type === 'Identifier') {
      const binding = this.analysis.references.get(callee)
      if (binding === undefined) {
        const pure = isPureFunction(callee.name) || callee.name === 'require'
        return pure && this.isGlobal(callee) ? plain : dynamic
      }
      const node = binding.node
      if (binding.kind !== 'function' || binding.assigned || node === undefined || !isFunction(node)) return dynamic
      const unit = this.analysis.unitOf.get(node)
      if (unit === undefined || node.async) return dynamic
      return { kind: 'declared', binding, unit }
    }
    if (isFunction(callee)) return this.#immediate(callee, false)
    if (callee.type !== 'MemberExpression') return dynamic
    const { object, property } = callee
    if (property.type === 'PrivateIdentifier') {
      const member = this.analysis.privates.get(property)
      if (member?.kind !== 'method' || member.unit === undefined || (isFunction(member.unit.node) && member.unit.node.async)) return dynamic
      return { kind: 'private', member, unit: member.unit }
    }
    if (callee.computed || property.type !== 'Identifier') return dynamic
    if (isFunction(object) && property.name === 'call' && !call.optional && !callee.optional) return this.#immediate(object, true)
    if (!this.isGlobal(object)) return dynamic
    if (object.name === 'Atomics' && !call.optional && !callee.optional) {
      const arity = ATOMIC_ARITY.get(property.name)
      const count = call.arguments.length
      const fits = arity !== undefined && count >= arity[0] && count <= arity[1]
      if (fits && call.arguments.every((argument) => argument.type !== 'SpreadElement')) return { kind: 'atomic', operation: property.name }
    }
    return isPureMethod(object.name, property.name) ? plain : dynamic
  }

  #immediate(node: Node, through: boolean): CallClass {
    const unit = this.analysis.unitOf.get(node)
    if (unit === undefined || !isFunction(node) || node.async || node.generator || unit.selfUsed) return dynamic
    return { kind: 'immediate', unit, through }
  }

  /** Least fixed point: a unit steps if it calls what may step. */
  #spreadSteps(): void {
    for (let changed = true; changed; ) {
      changed = false
      for (const unit of this.analysis.units) {
        if (unit.steps) continue
        unit.steps = unit.awaits || unit.disposes || unit.calls.some((call) => this.isStep(call))
        if (unit.above !== undefined) unit.steps ||= this.#makesInSteps(unit.above) === true
        changed ||= unit.steps
      }
    }
  }

  #decide(unit: Unit, depths: Map<Unit, number>): void {
    const parentDepth = unit.parent === undefined ? 0 : (depths.get(unit.parent) ?? 0)
    const depth = parentDepth + (unit.parent?.twin && !this.#calledOnTheSpot(unit.parent) ? 1 : 0)
    depths.set(unit, depth)
    if (!unit.steps || unit.obstacle !== undefined || unit.kind === 'program') return
    const size = (unit.node.end - unit.node.start) * 2 ** (depth + 1)
    if (depth >= depthMax && size > copiesMax) unit.obstacle = 'nested too deep'
    else unit.twin = true
  }

  readonly #onTheSpot = new Set<Unit>()
  #calledOnTheSpot(unit: Unit): boolean {
    if (this.#onTheSpot.size === 0) {
      this.#onTheSpot.add(this.analysis.program)
      for (const { calls } of this.analysis.units) {
        for (const call of calls) {
          const found = call.type === 'CallExpression' ? this.classify(call) : plain
          if (found.kind === 'immediate') this.#onTheSpot.add(found.unit)
        }
      }
    }
    return this.#onTheSpot.has(unit)
  }
}

/** `ReclaimError`, `errors.ReclaimError` */
function isErrorName(node: Node): boolean {
  const named = node.type === 'MemberExpression' && !node.computed ? (node.property as Node) : node
  return named.type === 'Identifier' && named.name.endsWith('Error')
}

function isStepped(unit: Unit): boolean {
  return unit.steps && (unit.twin || unit.obstacle === undefined)
}

function obstacleOf(unit: Unit): string | undefined {
  switch (unit.kind) {
    case 'constructor':
      return obstacleOfConstructor(unit)
    case 'getter':
    case 'setter':
      return unit.kind
    case 'field':
      return 'field initialiser'
    case 'static':
      return 'static block'
    case 'method':
      if (unit.inObject && unit.uses.super) return 'super in an object literal'
  }
  return isFunction(unit.node) && unit.node.generator && !unit.node.async ? 'generator function' : undefined
}

/** Why parameters that may reach a step cannot be evaluated by the body of the twin. */
function obstacleOfParameters({ async, generator }: FunctionNode, unit: Unit): string | undefined {
  // They are evaluated at the call, and the body runs later.
  return async && generator ? 'parameters of an async generator' : unit.parameterClash
}

/** Tells the unit around an arrow with a twin what to keep for it: the twin is no arrow. */
function capture(arrow: Unit): void {
  let around = arrow.parent
  while (around?.kind === 'arrow') around = around.parent
  if (around === undefined) return
  for (const what of Object.keys(arrow.uses) as (keyof Surroundings)[]) around.captures[what] ||= arrow.uses[what]
}

function isStringRaw(node: TaggedTemplateExpression, analysis: Analysis): boolean {
  const { tag } = node
  if (tag.type !== 'MemberExpression' || tag.computed || tag.object.type !== 'Identifier' || tag.property.type !== 'Identifier') return false
  return tag.object.name === 'String' && tag.property.name === 'raw' && analysis.references.get(tag.object) === undefined
}
