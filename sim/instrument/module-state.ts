// State at the top level of a module that its functions change. Modules are loaded once for all executions, so it survives from one to the next.
//
// Only what is certain is named: variables that a function assigns, and constants that hold a literal object or array, a Map, a Set or a
// typed array where a function calls a method that changes it, or assigns or deletes one of its properties. What is changed through another
// name is not seen. Weak collections are left out: what they know of is of one execution. Whether anything that can run changes it is decided where
// all modules are known (reached-state.ts).

import type { Identifier, Program } from 'acorn'
import { stretches } from './module-reach.js'
import type { Analysis } from './scope-analysis.js'
import { boundNames, children, isFunction, type Node } from './scope-tree.js'

export interface StatefulBinding {
  readonly name: string
  /** Where it is declared: offset in the source. */
  readonly at: number
}

export interface ChangedBinding extends StatefulBinding {
  /** Owners of the stretches of the top level (module-reach.ts) whose functions change it. */
  readonly by: readonly string[]
}

const COLLECTION = 'set add delete clear'
const ARRAY = 'push pop shift unshift splice sort reverse fill copyWithin'
const TYPED_ARRAY = 'set fill sort reverse copyWithin'

const CHANGING: Readonly<Record<string, ReadonlySet<string>>> = Object.fromEntries(
  [
    ['Map Set', COLLECTION],
    ['Array', ARRAY],
    ['Object', ''],
    [
      'Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array',
      TYPED_ARRAY,
    ],
  ].flatMap(([classes = '', methods = '']) => classes.split(' ').map((name) => [name, new Set(methods.split(' '))])),
)

/** In the order in which they are declared, each once. */
export function statefulBindings(program: Program, analysis: Analysis): ChangedBinding[] {
  const declared = declarations(program)
  const changed = new Map<string, Set<string>>()
  const look = (node: Node, owner: string, inFunction: boolean): void => {
    for (const name of inFunction ? changedBy(node, declared, analysis) : []) changed.set(name, (changed.get(name) ?? new Set()).add(owner))
    const inside = inFunction || isFunction(node)
    for (const child of children(node)) look(child, owner, inside)
  }
  for (const { node, owner } of stretches(program)) look(node, owner, false)
  return [...declared.values()].flatMap(({ name, at }) => {
    const by = changed.get(name)
    return by === undefined ? [] : [{ name, at, by: [...by] }]
  })
}

interface Declaration extends StatefulBinding {
  readonly isVariable: boolean
  /** Name of the class of what a constant holds, where that is known and can change. */
  readonly holds: string | undefined
}

function declarations(program: Program): Map<string, Declaration> {
  const found = new Map<string, Declaration>()
  for (const statement of program.body) {
    const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (node?.type !== 'VariableDeclaration') continue
    for (const { id, init } of node.declarations) {
      for (const name of boundNames(id))
        found.set(name, {
          name,
          at: id.start,
          isVariable: node.kind === 'let' || node.kind === 'var',
          holds: id.type === 'Identifier' ? classOf(init) : undefined,
        })
    }
  }
  return found
}

function classOf(init: Node | null | undefined): string | undefined {
  if (init?.type === 'ObjectExpression') return 'Object'
  if (init?.type === 'ArrayExpression') return 'Array'
  if (init?.type === 'NewExpression' && init.callee.type === 'Identifier' && Object.hasOwn(CHANGING, init.callee.name)) return init.callee.name
  return undefined
}

/** Names of the top level that this node itself, not what is below it, changes. */
function changedBy(node: Node, declared: ReadonlyMap<string, Declaration>, analysis: Analysis): string[] {
  const top = (identifier: Identifier): Declaration | undefined => {
    const binding = analysis.references.get(identifier)
    return binding !== undefined && binding === analysis.topLevel.get(identifier.name) ? declared.get(identifier.name) : undefined
  }
  const target = (pattern: Node): string[] => {
    if (pattern.type === 'Identifier') return top(pattern)?.isVariable ? [pattern.name] : []
    if (pattern.type === 'MemberExpression') {
      let root: Node = pattern
      while (root.type === 'MemberExpression') root = root.object
      return root.type === 'Identifier' && top(root)?.holds !== undefined ? [root.name] : []
    }
    return patternTargets(pattern).flatMap(target)
  }
  switch (node.type) {
    case 'AssignmentExpression':
      return target(node.left)
    case 'UpdateExpression':
      return target(node.argument)
    case 'UnaryExpression':
      return node.operator === 'delete' && node.argument.type === 'MemberExpression' ? target(node.argument) : []
    case 'ForInStatement':
    case 'ForOfStatement':
      return node.left.type === 'VariableDeclaration' ? [] : target(node.left)
    case 'CallExpression': {
      const { callee } = node
      if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier' || callee.property.type !== 'Identifier' || callee.computed) return []
      const holds = top(callee.object)?.holds
      return holds !== undefined && CHANGING[holds]?.has(callee.property.name) ? [callee.object.name] : []
    }
    default:
      return []
  }
}

/** What a destructuring assigns to. */
function patternTargets(pattern: Node): Node[] {
  switch (pattern.type) {
    case 'ObjectPattern':
      return pattern.properties.map((property) => (property.type === 'Property' ? property.value : property.argument))
    case 'ArrayPattern':
      return pattern.elements.filter((element) => element !== null)
    case 'AssignmentPattern':
      return [pattern.left]
    case 'RestElement':
      return [pattern.argument]
    default:
      return []
  }
}
