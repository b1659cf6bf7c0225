// A memory manager with one class replaced: each known-bad variant is the good manager with one method written wrongly.

import { formatManager } from '../../../primitives/memory-manager/format.js'
import { type ManagerOptions, shapeOf } from '../../../primitives/memory-manager/layout.js'
import { mapManager } from '../../../primitives/memory-manager/manager-memory.js'
import { MANAGER_CLASSES, type ManagerClasses, partsOf } from '../../../primitives/memory-manager/manager-parts.js'
import { ConcurrentMemoryManager } from '../../../primitives/memory-manager/memory-manager.js'

/** What a scenario asks of a manager's class. */
export interface ManagerClass {
  byteLength(capacity: number, options?: ManagerOptions): number
  init(buffer: SharedArrayBuffer, byteOffset: number, capacity: number, options?: ManagerOptions): ConcurrentMemoryManager
  attach(buffer: SharedArrayBuffer, byteOffset: number): ConcurrentMemoryManager
}

export function managerWith(classes: Partial<ManagerClasses>): ManagerClass {
  const attach = (buffer: SharedArrayBuffer, byteOffset: number) =>
    new ConcurrentMemoryManager(partsOf(mapManager(buffer, byteOffset), { ...MANAGER_CLASSES, ...classes }))
  return {
    byteLength: (capacity, options) => ConcurrentMemoryManager.byteLength(capacity, options),
    init(buffer, byteOffset, capacity, options) {
      formatManager(buffer, byteOffset, shapeOf(capacity, options))
      return attach(buffer, byteOffset)
    },
    attach,
  }
}
