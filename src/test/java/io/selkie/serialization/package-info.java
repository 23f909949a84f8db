/** Tests of the markers: what they mark can be written and read. */
package io.selkie.serialization;
