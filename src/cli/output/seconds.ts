/** A duration for people: `0.4 s`, `2 min 5 s`. */
export function seconds(ms: number): string {
  const value = Math.max(0, ms) / 1000
  if (value < 59.95) return `${value.toFixed(1)} s`
  const whole = Math.round(value)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
