import { Button, type ButtonProps, Group, Modal, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { asApiError, ErrorBox } from './states.js'

/** A button whose action is only done after saying exactly what it will do. */
export function ConfirmButton({
  label,
  title,
  children,
  confirm,
  onConfirm,
  isDangerous = false,
  canConfirm = true,
  ...button
}: Omit<ButtonProps, 'children'> & {
  label: string
  title: string
  /** What will happen, in full. */
  children: ReactNode
  confirm: string
  onConfirm: () => Promise<unknown>
  isDangerous?: boolean
  canConfirm?: boolean
}) {
  const [isOpen, { open, close }] = useDisclosure()
  const action = useMutation({ mutationFn: onConfirm, onSuccess: close })
  return (
    <>
      <Button variant="default" {...button} onClick={open}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={title}>
        <Stack gap="sm">
          {children}
          {action.error && <ErrorBox error={asApiError(action.error)} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" data-autofocus onClick={close}>
              Leave it
            </Button>
            <Button
              color={isDangerous ? 'red.8' : undefined}
              loading={action.isPending}
              disabled={!canConfirm}
              onClick={() => action.mutate()}
            >
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
