// Scopes, and what is declared in them: hoisting of `var`, of functions and of lexical declarations.

import { boundNames, children, isFunction, type Node } from './scope-tree.js'
import type { PrivateMember } from './scope-unit.js'

export interface Binding {
  readonly name: string
  kind: 'function' | 'class' | 'constant' | 'variable' | 'parameter' | 'import'
  /** The last declaration, for functions. */
  node: Node | undefined
  /** Assigned anywhere but in its declaration. */
  assigned: boolean
}

export interface Scope {
  readonly parent: Scope | undefined
  readonly bindings: Map<string, Binding>
  readonly privates: Map<string, PrivateMember> | undefined
}

export function newScope(parent: Scope | undefined, privates?: Map<string, PrivateMember>): Scope {
  return { parent, bindings: new Map(), privates }
}

export function find(name: string, scope: Scope | undefined): Binding | undefined {
  for (let at = scope; at !== undefined; at = at.parent) {
    const binding = at.bindings.get(name)
    if (binding !== undefined) return binding
  }
  return undefined
}

/** The binding of `name`, if there is one, is assigned to after its declaration. */
export function markAssigned(name: string, scope: Scope): void {
  const binding = find(name, scope)
  if (binding !== undefined) binding.assigned = true
}

/** Declares a name; a function takes the place of an earlier one, which is added to `replaced`. */
export function declare(scope: Scope, name: string, kind: Binding['kind'], node?: Node, replaced?: Set<Node>): Binding {
  const known = scope.bindings.get(name)
  if (known !== undefined) {
    if (kind === 'function') {
      if (known.node !== undefined) replaced?.add(known.node)
      known.kind = 'function'
      known.node = node
    }
    return known
  }
  const binding: Binding = { name, kind, node, assigned: false }
  scope.bindings.set(name, binding)
  return binding
}

/** `var`, also inside nested blocks; in sloppy code functions of nested blocks too. */
export function hoistVariables(nodes: readonly Node[], scope: Scope, strict: boolean, nested = false): void {
  for (const node of nodes) {
    if (isFunction(node)) {
      if (nested && !strict && node.type === 'FunctionDeclaration' && node.id) declare(scope, node.id.name, 'variable').assigned = true
      continue
    }
    if (node.type === 'ClassDeclaration' || node.type === 'ClassExpression') continue
    if (node.type === 'VariableDeclaration' && node.kind === 'var') {
      for (const { id, init } of node.declarations) {
        for (const name of boundNames(id)) {
          const binding = declare(scope, name, 'variable')
          if (init || id.type !== 'Identifier') binding.assigned = true
        }
      }
    }
    if (holdsNoDeclarations(node)) continue
    const inner = nested || (node.type !== 'ExportNamedDeclaration' && node.type !== 'ExportDefaultDeclaration' && node.type !== 'LabeledStatement')
    hoistVariables(children(node), scope, strict, inner)
  }
}

function holdsNoDeclarations(node: Node): boolean {
  return node.type.endsWith('Expression') || node.type === 'ExpressionStatement' || node.type === 'VariableDeclaration' || node.type === 'Identifier'
}

/** What the statements of one block declare in it. */
export function hoistLexical(statements: readonly Node[], scope: Scope, replaced: Set<Node>): void {
  for (const statement of statements) {
    let node: Node = statement
    while (node.type === 'LabeledStatement') node = node.body
    if ((node.type === 'ExportNamedDeclaration' || node.type === 'ExportDefaultDeclaration') && node.declaration) node = node.declaration as Node
    if (node.type === 'FunctionDeclaration') {
      if (node.id) declare(scope, node.id.name, 'function', node, replaced)
    } else if (node.type === 'ClassDeclaration') {
      if (node.id) declare(scope, node.id.name, 'class', node)
    } else if (node.type === 'VariableDeclaration' && node.kind !== 'var') {
      for (const { id } of node.declarations) for (const name of boundNames(id)) declare(scope, name, 'constant')
    } else if (node.type === 'ImportDeclaration') {
      for (const { local } of node.specifiers) declare(scope, local.name, 'import')
    }
  }
}
