import { Button } from '@mantine/core'
import { IconPlayerStop } from '@tabler/icons-react'

/** Stands where the button was that began what it stops. */
export const StopButton = ({ onStop }: { onStop: () => void }) => (
  <Button color="red" variant="light" leftSection={<IconPlayerStop size={14} aria-hidden />} onClick={onStop}>
    Stop
  </Button>
)
