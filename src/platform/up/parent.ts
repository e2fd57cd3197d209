/** Inside a child: calls back when who started it over a channel is gone, however it went, or went already. */
export function whenParentIsGone(callback: () => void): void {
  if (process.channel) {
    process.on('disconnect', callback)
    process.channel.unref()
  } else if (process.connected === false) callback()
}
