import { Component, type ReactNode } from 'react';

/** Shows a message in place of a view whose code could not be loaded, for example offline. */
export class Boundary extends Component<{ message: string; children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    return this.state.hasFailed ? <p role="alert">{this.props.message}</p> : this.props.children;
  }
}
