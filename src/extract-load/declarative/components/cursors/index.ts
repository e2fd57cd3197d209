export * from './datetime-based-cursor.js'
export * from './incrementing-count-cursor.js'
