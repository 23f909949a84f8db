package io.selkie.lotus.streams;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Passes on so many bytes and ends. What comes after them is thrown away, so that the client of a
 * connection can end its request; if it does not come to an end, the connection is cut.
 */
final class AtMost extends GraphStage<FlowShape<ByteString, ByteString>> {
  /** More than any sender has on its way when it is told that all is there. */
  static final long MOST_EXTRA = 16L << 20;

  private final Inlet<ByteString> in = Inlet.create("AtMost.in");
  private final Outlet<ByteString> out = Outlet.create("AtMost.out");
  private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
  private final long most;
  private final AtomicLong passed;

  /**
   * A stage for one stream.
   *
   * @param most at least 1
   * @param passed counts what was passed on
   */
  AtMost(long most, AtomicLong passed) {
    this.most = most;
    this.passed = passed;
  }

  @Override
  public FlowShape<ByteString, ByteString> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends GraphStageLogic {
    private long extra;

    Logic() {
      super(shape);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              take(grab(in));
            }

            @Override
            public void onUpstreamFailure(Throwable trouble) {
              if (left() > 0) {
                failStage(trouble);
              } else {
                completeStage();
              }
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              pull(in);
            }
          });
    }

    private long left() {
      return most - passed.get();
    }

    private void take(ByteString chunk) {
      int taken = (int) Math.min(left(), chunk.size());
      extra += chunk.size() - taken;
      if (taken > 0) {
        passed.addAndGet(taken);
        push(out, chunk.take(taken));
        if (left() > 0) {
          return;
        }
        complete(out);
      }
      if (extra > MOST_EXTRA) {
        completeStage();
      } else {
        pull(in);
      }
    }
  }
}
