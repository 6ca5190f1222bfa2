// Catches what breaks below it, ends what must not go on, and shows something better than nothing.
import { Component, type ReactNode } from 'react';

type Props = {
  readonly children: ReactNode;
  readonly instead: ReactNode;
  /** Stops camera, microphone and sending. */
  onBroken?(): void;
};

export class Safely extends Component<Props, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override componentDidCatch() {
    this.props.onBroken?.();
  }

  override render() {
    return this.state.broken ? this.props.instead : this.props.children;
  }
}
