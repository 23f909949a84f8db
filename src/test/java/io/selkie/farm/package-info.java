/** Nodes in processes of their own that form one farm. */
package io.selkie.farm;
