import { Component, type ReactNode } from 'react';
import { ErrorScreen } from './ErrorScreen.tsx';
import { toShotweaveError } from './notices.ts';

interface ErrorBoundaryProps {
  children: ReactNode;
}

/** Catches what a component throws while it draws; the storyboard is in the library by then. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    return error === null ? this.props.children : <ErrorScreen sentence={toShotweaveError(error).message} />;
  }
}
