// What V8 calls a callee in `… is not a function`. Follows V8's CallPrinter as far as callees go that people write.

import type { Super } from 'acorn'
import { isFunction, type Node } from './scope-tree.js'

const unknown = '(intermediate value)'

export function calleeText(node: Node | Super): string {
  switch (node.type) {
    case 'Identifier':
      return node.name
    case 'ThisExpression':
      return 'this'
    case 'Literal':
      return typeof node.value === 'string' ? JSON.stringify(node.value) : (node.raw ?? unknown)
    case 'ChainExpression':
      return unknown
    case 'MemberExpression': {
      const object = calleeText(node.object)
      const { property } = node
      if (property.type === 'PrivateIdentifier') return `${object}[#${property.name}]`
      const dot = node.optional ? '?.' : ''
      if (!node.computed && property.type === 'Identifier') return `${object}${dot || '.'}${property.name}`
      if (property.type === 'Literal' && typeof property.value === 'string') return `${object}${dot || '.'}${property.value}`
      return `${object}${dot}[${keyText(property)}]`
    }
    case 'CallExpression':
      return `${isFunction(node.callee) ? unknown : calleeText(node.callee)}(...)`
    case 'LogicalExpression':
    case 'BinaryExpression':
      return `(${calleeText(node.left as Node)} ${node.operator} ${calleeText(node.right)})`
    case 'SequenceExpression':
      return `(${node.expressions.map(calleeText).join(' , ')})`
    case 'UnaryExpression':
      return `(${node.operator}${node.operator.length > 2 ? ' ' : ''}${calleeText(node.argument)})`
    case 'UpdateExpression':
      return node.prefix ? `(${node.operator}${calleeText(node.argument)})` : `(${calleeText(node.argument)}${node.operator})`
    case 'AssignmentExpression':
      return calleeText(node.left as Node)
    case 'ConditionalExpression':
      return unknown.repeat(3)
    case 'ArrayExpression':
      return `[${node.elements.map((element) => (element ? calleeText(element as Node) : '')).join(',')}]`
    case 'ObjectExpression':
      return node.properties.length === 0 ? '{}' : unknown
    default:
      return unknown
  }
}

function keyText(node: Node): string {
  const negative = node.type === 'UnaryExpression' && node.operator === '-' && node.argument.type === 'Literal'
  return negative ? `-${calleeText(node.argument)}` : calleeText(node)
}
