import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { it } from 'vitest';
it('x', async () => {
  await tf.setBackend('wasm'); await tf.ready();
  tf.env().set('IS_TEST', true);
  const ids=()=>tf.engine().backend.numDataIds();
  const a=tf.ones([2,3,4,3]); const s=tf.scalar(2); const b=tf.fill([],true,'bool');
  const ops: Record<string,()=>any>={sum:()=>tf.sum(a,-1),sum0:()=>tf.sum(tf.ones([4]),0),mul:()=>tf.mul(a,a),mulb:()=>tf.mul(a,s),equal:()=>tf.equal(s,0),where:()=>tf.where(b as any,s,s),neg:()=>tf.neg(a),div:()=>tf.div(s,s),logSoftmax:()=>tf.logSoftmax(a as any),fill:()=>tf.fill([],3),onesLike:()=>tf.onesLike(s),custom:()=>tf.customGrad(()=>({value:tf.mul(a,2),gradFunc:()=>[]}))(),
  mean:()=>tf.mean(a), clone:()=>tf.clone(a), pow:()=>tf.pow(a,2), max:()=>tf.max(a,-1,true), softmax:()=>tf.softmax(a), expand:()=>tf.expandDims(a,0), reshape:()=>tf.reshape(a,[-1]), addN:()=>tf.addN([s,s]), sums:()=>tf.sum(tf.sum(tf.sum(tf.sum(a,3),2),1),0)};
  for(const [n,f] of Object.entries(ops)){ const before=ids(); try { tf.customGrad(()=>({value:f(),gradFunc:()=>[]}))().dispose(); } catch(e){ console.log('check',n,String(e), ids()-before);} }
  await tf.setBackend('cpu');
});
