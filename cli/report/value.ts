// A value as a report shows it: short, on one line, whatever it is.

import { clean, shorten } from './text.js'

/** Shows `value` in at most `columns`. A string stands bare; strings inside other values are quoted. */
export function showValue(value: unknown, columns = 60): string {
  const text = typeof value === 'string' && value !== '' ? value : show(value, new Set())
  return shorten(clean(text), columns)
}

/** Arguments of a call as source would show them. */
export function showArguments(data: unknown, columns = 40): string {
  if (data === undefined) return ''
  const list = Array.isArray(data) ? data : [data]
  return shorten(clean(list.map((item) => show(item, new Set())).join(', ')), columns)
}

function show(value: unknown, above: Set<object>): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'bigint':
      return `${value}n`
    case 'function':
      return value.name === '' ? 'function' : `function ${value.name}`
    case 'object':
      return value === null ? 'null' : showObject(value, above)
    default:
      return Object.is(value, -0) ? '-0' : String(value)
  }
}

function showObject(value: object, above: Set<object>): string {
  if (above.has(value)) return '…'
  if (above.size >= DEPTH_MAX) return Array.isArray(value) ? '[…]' : '{…}'
  if (value instanceof Error) return `${value.name}: ${value.message}`
  above.add(value)
  try {
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return `[${showItems(value as unknown as Iterable<unknown>, above)}]`
    if (Array.isArray(value)) return `[${showItems(value, above)}]`
    if (value instanceof Set) return `{${showItems(value, above)}}`
    if (value instanceof Map) return `{${showEntries(value, above)}}`
    return `{${showEntries(Object.entries(value), above)}}`
  } catch {
    return '?' // A getter or an iterator of the user's threw: a report goes on.
  } finally {
    above.delete(value)
  }
}

function showItems(items: Iterable<unknown>, above: Set<object>): string {
  return take(items, (item) => show(item, above)).join(', ')
}

function showEntries(entries: Iterable<readonly [unknown, unknown]>, above: Set<object>): string {
  return take(entries, ([key, item]) => `${typeof key === 'string' ? key : show(key, above)}: ${show(item, above)}`).join(', ')
}

function take<Item>(items: Iterable<Item>, text: (item: Item) => string): string[] {
  const texts: string[] = []
  for (const item of items) {
    if (texts.length === ITEMS_MAX) return [...texts, '…']
    texts.push(text(item))
  }
  return texts
}

const DEPTH_MAX = 3
const ITEMS_MAX = 16
