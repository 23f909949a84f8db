package io.selkie.rpc;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of an {@link RpcInterface} that its client calls again when the WebSocket was lost
 * before the answer came, until there is one: calling it twice does no harm. Over HTTP it means
 * nothing.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Retried {}
